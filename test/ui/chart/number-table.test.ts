import { expect, test } from "vitest"
import { textOf } from "../../../ui/chart/number-table.tsx"

test("a table is copied as lines with tabs, whatever its names hold", () => {
  const columns = [
    { key: "x", name: "step", at: (row: number) => row * 10 },
    { key: "y", name: "an\tarm\nof two lines", at: (row: number) => (row === 1 ? null : 0.25) },
  ]
  expect(textOf(columns, 3)).toBe("step\tan arm of two lines\n0\t0.25\n10\t\n20\t0.25")
})
