/** What has changed between two versions of a data set: a chart reads that alone. */

export interface Changes<R> {
  readonly removed: ReadonlyArray<R>
  readonly added: ReadonlyArray<R>
}

/** Rows are the same if they are the same object. */
export const changesOf = <R extends object>(before: ReadonlyArray<R>, after: ReadonlyArray<R>): Changes<R> => {
  if (before === after) return { removed: [], added: [] }
  const kept = new Set(after)
  const known = new Set(before)
  return { removed: before.filter((row) => !kept.has(row)), added: after.filter((row) => !known.has(row)) }
}

/** A row of a data set that is drawn as lines: `index` is its place on its line. */
export interface LineRow {
  readonly line: string
  readonly index: number
}

/** The rows of `after`, each as the object that it was in `before` if it was equal there. */
export const reuseRows = <R extends LineRow>(before: ReadonlyArray<R>, after: ReadonlyArray<R>): ReadonlyArray<R> => {
  if (before.length === 0) return after
  const known = new Map<string, Array<R>>()
  for (const row of before) {
    const line = known.get(row.line) ?? []
    line[row.index] = row
    known.set(row.line, line)
  }
  return after.map((row) => {
    const other = known.get(row.line)?.[row.index]
    return other !== undefined && isEqual(other, row) ? other : row
  })
}

const isEqual = <R extends object>(a: R, b: R): boolean => {
  for (const name in b) if (!Object.is(a[name], b[name])) return false
  return true
}
