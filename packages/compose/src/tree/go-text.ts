import { Exact, isTree, type Value } from './value.ts'

/** A float as Go prints it with `%v`: shortest digits, with an exponent below 1e-04 and from 1e+06 on. */
export function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  const fits = power >= -4 && power < 6
  if (fits) return plainText(mantissa, power)
  const digits = String(Math.abs(power)).padStart(2, '0')
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`
}

function plainText(mantissa: string, power: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0')
  const fraction = digits.slice(power + 1)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** A value as Go prints it with `%v`, which is how Compose turns scalars into text. */
export function goText(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value)
  if (typeof value === 'boolean') return String(value)
  if (value === null) return '<nil>'
  if (value instanceof Exact) return value.text
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isTree(value)) return ''
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${goText(value[key] as Value)}`).join(' ')}]`
}
