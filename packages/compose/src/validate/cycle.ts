import type { Report } from '../diagnostics/report.ts'
import type { Project } from '../model/index.ts'

/** Refuses services that depend on each other in a circle. */
export function checkCycles({ services }: Project, report: Report): void {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return
    const dependencies = Object.keys(services[name]?.depends_on ?? {}).sort()
    for (const needed of dependencies) {
      if (!Object.hasOwn(services, needed)) continue
      const trail = [...path, name]
      const start = trail.indexOf(needed)
      if (start < 0) visit(needed, trail)
      else {
        const cycle = [...trail.slice(start), needed].join(' -> ')
        const message = `the services wait for each other: ${cycle}`
        report.refuse(
          'consistency/cycle',
          ['services', name, 'depends_on', needed],
          message,
          'Remove one of these dependencies',
        )
      }
    }
    done.add(name)
  }
  for (const name of Object.keys(services).sort()) visit(name, [])
}
