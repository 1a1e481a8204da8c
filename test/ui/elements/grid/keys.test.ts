import { expect, test } from "vitest"
import { placeColumns, visibleColumns } from "../../../../ui/elements/grid/columns.ts"
import { moveCell } from "../../../../ui/elements/grid/keys.ts"

const size = { rows: 1_000_000, columns: 80, page: 20 }
const press = (key: string, with_: { readonly ctrlKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...with_,
})
const from = { row: 100, column: 3 }

test.each([
  ["ArrowUp", {}, { row: 99, column: 3 }],
  ["ArrowDown", {}, { row: 101, column: 3 }],
  ["ArrowLeft", {}, { row: 100, column: 2 }],
  ["ArrowRight", {}, { row: 100, column: 4 }],
  ["PageUp", {}, { row: 80, column: 3 }],
  ["PageDown", {}, { row: 120, column: 3 }],
  ["Home", {}, { row: 100, column: 0 }],
  ["End", {}, { row: 100, column: 79 }],
  ["Home", { ctrlKey: true }, { row: 0, column: 0 }],
  ["End", { ctrlKey: true }, { row: 999_999, column: 79 }],
] as const)("%s %o leads to %o", (key, modifiers, to) => {
  expect(moveCell(press(key, modifiers), from, size)).toEqual(to)
})

test("no key leads out of the table, and other keys move nothing", () => {
  expect(moveCell(press("ArrowUp"), { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 })
  expect(moveCell(press("PageDown"), { row: 999_990, column: 79 }, size)).toEqual({ row: 999_999, column: 79 })
  expect(moveCell(press("a"), from, size)).toBeNull()
  expect(moveCell(press("ArrowDown"), null, { ...size, rows: 0 })).toBeNull()
})

test("what is left of the width goes to the columns that grow", () => {
  expect(placeColumns([{ width: 100 }, { width: 200, grow: true }], 500)).toEqual([
    { left: 0, width: 100 },
    { left: 100, width: 400 },
  ])
  expect(placeColumns([{ width: 100 }, { width: 200, grow: true }], 90)[1]).toEqual({ left: 100, width: 200 })
})

test("of many columns only those exist that are visible", () => {
  const placed = placeColumns(
    Array.from({ length: 80 }, () => ({ width: 100 })),
    1000,
  )
  expect(visibleColumns(placed, 0, 1000)).toEqual({ first: 0, end: 10 })
  expect(visibleColumns(placed, 1050, 1000)).toEqual({ first: 10, end: 21 })
  expect(visibleColumns(placed, 7000, 1000)).toEqual({ first: 70, end: 80 })
})
