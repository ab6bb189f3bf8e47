import type { Change, ChangeAction, FieldChange, Impact, Plan } from '@windflow/engine'
import type { Style } from './style.ts'

const LONGEST_VALUE = 72

/** A plan for a person: each change with its reason, impact and fields, and what it comes to. Ends with a newline. */
export function planText(plan: Plan, style: Style): string {
  const changes = plan.changes.filter((change) => change.action !== 'none')
  const same = plan.changes.length - changes.length
  if (changes.length === 0) return `${style.bold(plan.project)}: no changes\n`
  const name = Math.max(...changes.map((change) => title(change).length))
  const lines = [`${style.bold(plan.project)}:`, '']
  for (const change of changes) {
    const head = `${mark(change.action)} ${title(change).padEnd(name)}  ${change.action.padEnd(7)}`
    const impact = change.impact === 'none' ? '' : `  ${impactColour(change.impact, style)(`[${change.impact}]`)}`
    lines.push(`  ${actionColour(change.action, style)(head)}  ${change.reason}${impact}`)
    for (const field of change.fields) lines.push(`      ${style.dim(fieldText(field))}`)
  }
  lines.push('', summary(changes, same, plan.impact, style), '')
  return lines.join('\n')
}

/** `2 to create, 1 to replace; 3 unchanged. Worst impact: downtime`. */
function summary(changes: readonly Change[], same: number, impact: Impact, style: Style): string {
  const counts = ACTIONS.map((action) => [action, changes.filter((change) => change.action === action).length] as const)
  const parts = counts.filter(([, count]) => count > 0).map(([action, count]) => `${count} to ${action}`)
  const unchanged = same > 0 ? `; ${same} unchanged` : ''
  const worst = impact === 'none' ? 'no interruption' : `worst impact: ${impact}`
  return `${style.bold(`${parts.join(', ')}${unchanged}`)} (${impactColour(impact, style)(worst)})`
}

const ACTIONS: readonly ChangeAction[] = ['create', 'update', 'replace', 'start', 'stop', 'delete']

function mark(action: ChangeAction): string {
  switch (action) {
    case 'create':
      return '+'
    case 'update':
      return '~'
    case 'replace':
      return '±'
    case 'start':
      return '>'
    case 'stop':
      return '.'
    case 'delete':
      return '-'
    case 'none':
      return ' '
  }
}

function actionColour(action: ChangeAction, style: Style): (text: string) => string {
  switch (action) {
    case 'create':
    case 'start':
      return style.green
    case 'update':
    case 'replace':
      return style.yellow
    case 'stop':
    case 'delete':
      return style.red
    case 'none':
      return style.dim
  }
}

function impactColour(impact: Impact, style: Style): (text: string) => string {
  switch (impact) {
    case 'none':
      return style.green
    case 'restart':
      return style.yellow
    case 'downtime':
    case 'data-loss':
      return style.red
  }
}

function title(change: Change): string {
  const { kind, name, instance } = change.resource
  return instance === undefined ? `${kind} ${name}` : `${kind} ${name}#${instance}`
}

function fieldText(field: FieldChange): string {
  if (field.sensitive) return `${field.path}: (changed, the value is not shown)`
  if (field.before === undefined && field.after === undefined) return field.path
  return `${field.path}: ${valueText(field.before)} → ${valueText(field.after)}`
}

function valueText(value: unknown): string {
  if (value === undefined) return '(not set)'
  const text = JSON.stringify(value) ?? '(not set)'
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text
}
