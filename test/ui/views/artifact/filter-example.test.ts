import { expect, test } from "vitest"
import type { GridColumn } from "../../../../serve/api.ts"
import { filterExample } from "../../../../ui/views/artifact/filter-example.ts"

const text: GridColumn = { name: "prompt", type: "VARCHAR", kind: "text" }
const step: GridColumn = { name: "step", type: "INTEGER", kind: "number" }
const score: GridColumn = { name: "score_chosen", type: "DOUBLE", kind: "number" }
const tie: GridColumn = { name: "tie", type: "BOOLEAN", kind: "boolean" }

test("the example of a filter is about columns that the table has", () => {
  expect(filterExample([text, step, score, tie])).toBe("tie = true and score_chosen > 0.5")
  expect(filterExample([text, step])).toBe("step > 100")
  expect(filterExample([text])).toBe("")
})

test("a name that would have to be quoted stands in no example", () => {
  expect(filterExample([{ ...score, name: 'a"; b' }, step])).toBe("step > 100")
})
