import { expect, test } from "vitest"
import { changesOf, reuseRows } from "../../../ui/chart/changes.ts"

interface Row {
  readonly line: string
  readonly index: number
  readonly y: number | null
}

const rows = (line: string, values: ReadonlyArray<number | null>): ReadonlyArray<Row> => values.map((y, index) => ({ line, index, y }))

test("points that come later are added, and nothing is removed", () => {
  const before = rows("a", [1, 2, 3])
  const after = reuseRows(before, rows("a", [1, 2, 3, 4, 5]))
  const { removed, added } = changesOf(before, after)
  expect(removed).toEqual([])
  expect(added.map(({ y }) => y)).toEqual([4, 5])
})

test("a row with another value takes the place of the one before it", () => {
  const before = rows("a", [1, 2, 3])
  const after = reuseRows(before, rows("a", [1, 9, 3]))
  expect(changesOf(before, after)).toEqual({ removed: [before[1]], added: [{ line: "a", index: 1, y: 9 }] })
})

test("a line that is hidden takes its own rows away alone", () => {
  const [a, b] = [rows("a", [1, 2]), rows("b", [3, null])]
  const after = reuseRows([...a, ...b], rows("b", [3, null]))
  expect(changesOf([...a, ...b], after)).toEqual({ removed: a, added: [] })
})

test("the same list has no changes", () => {
  const same = rows("a", [1, 2])
  expect(changesOf(same, same)).toEqual({ removed: [], added: [] })
})
