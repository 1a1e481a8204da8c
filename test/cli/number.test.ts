import { expect, test } from "vitest"
import { formatBytes, numberFormatter, pluralize } from "../../cli/print/number.ts"

test.each([
  [
    [1, 20, -300],
    ["1", "20", "-300"],
  ],
  [
    [0.5, 0.12345],
    ["0.500", "0.123"],
  ],
  [
    [25.25, 0.001],
    ["25.25", "0.00"],
  ],
  [
    [123.456, -0.01],
    ["123.5", "0.0"],
  ],
  [
    [4567.8, 1.5],
    ["4568", "2"],
  ],
  [
    [1125, 0.8009, 0],
    ["1125.000", "0.801", "0.000"],
  ],
  [
    [0.00012, 0.0009, 0],
    ["1.20e-4", "9.00e-4", "0"],
  ],
  [
    [0.00685, 0],
    ["0.00685", "0.00000"],
  ],
  [
    [1.5e12, 0.5],
    ["1.50e+12", "5.00e-1"],
  ],
  [
    [0.5, Number.NaN, Number.POSITIVE_INFINITY],
    ["0.500", "NaN", "Infinity"],
  ],
])("the numbers %j are written %j", (values, written) => {
  expect(values.map(numberFormatter(values))).toEqual(written)
})

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1_440_000, "1.4 MB"],
  [99_960, "100 kB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (count, written) => expect(formatBytes(count)).toBe(written))

test("one is not plural", () => {
  expect([pluralize(1, "row"), pluralize(0, "row"), pluralize(1234, "row")]).toEqual(["1 row", "0 rows", "1,234 rows"])
})
