import type { Attribute } from './field.ts'

const INTRODUCTION = `# What becomes of each Compose attribute

On Docker engines. Made from the table the driver works with (\`npm run docs -w @windflow/docker\`), so it cannot differ
from what it does: an applied attribute is read back from a real engine by a test, at the field named here.

- **applied**: the field of \`docker inspect\` that shows it, or what carries it out
- **ignored**: as docker compose ignores it outside Swarm
- **refused**: an error before anything is touched, with the reason
`

/** The table as a page for people, one section per top-level element. */
export function supportPage(attributes: readonly Attribute[]): string {
  const sections = new Map<string, Attribute[]>()
  for (const attribute of attributes) {
    const [section = ''] = attribute.path.split(/[.[]/, 1)
    sections.set(section, [...(sections.get(section) ?? []), attribute])
  }
  const parts = [...sections].map(([section, lines]) => {
    const rows = lines.map(({ path, status, where }) => `| \`${path}\` | ${status} | ${where.replaceAll('|', '\\|')} |`)
    return [`## ${section}`, '', '| attribute | | where, or why |', '| --- | --- | --- |', ...rows, ''].join('\n')
  })
  return [INTRODUCTION, ...parts].join('\n')
}
