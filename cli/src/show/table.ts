/** Rows under their column names, as wide as the widest cell, two spaces apart. Ends with a newline. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows]
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)))
  const lines = all.map((row) =>
    columns
      .map((_, index) => (row[index] ?? '').padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
