import fc from "fast-check"
import { expect, test } from "vitest"
import { dropEmptyColumns } from "../../cli/print/empty-columns.ts"
import { formatTable } from "../../cli/print/table.ts"

const lines = (text: string) => text.split("\n")

test("numbers of a column have the same decimals and stand at the right, text at the left", () => {
  const rows = [
    ["online", 1.23456, 0.5, 100],
    ["off", 12.5, 0.123456, 5],
  ]
  expect(lines(formatTable(["arm", "kl", "rate", "step"], rows, 80))).toEqual([
    "arm        kl   rate  step",
    "──────  ─────  ─────  ────",
    "online   1.23  0.500   100",
    "off     12.50  0.123     5",
  ])
})

test("long names are broken at underscores before anything is cut", () => {
  const rows = [[0.5, 0.25]]
  expect(lines(formatTable(["classification_accuracy", "win_rate_low"], rows, 24))).toEqual([
    "                  win",
    "classification   rate",
    "      accuracy    low",
    "──────────────  ─────",
    "         0.500  0.250",
  ])
})

test("text is cut to fit, from the widest column first, and says so", () => {
  const rows = [[1, "p".repeat(60), "r".repeat(20)]]
  expect(lines(formatTable(["id", "prompt", "response"], rows, 50)).at(-1)).toBe(` 1  ${"p".repeat(23)}…  ${"r".repeat(20)}`)
})

test("columns that cannot fit go on below, the first one repeated", () => {
  const names = Array.from({ length: 12 }, (_, index) => `score${index}`)
  const text = formatTable(names, [names.map(() => 123456)], 40)
  expect(text.split("\n\n").map((block) => lines(block)[0]?.split(/ +/).length)).toEqual([5, 5, 4])
  expect(text.match(/score0\b/g)).toHaveLength(3)
})

test("below, those columns are repeated that tell the rows apart, unless they would take half of the width", () => {
  const names = ["arm", "seed", ...Array.from({ length: 8 }, (_, index) => `score${index}`)]
  const row = (arm: string, seed: number) => [arm, seed, ...names.slice(2).map(() => 123456)]
  const heads = (rows: ReadonlyArray<ReadonlyArray<string | number>>) =>
    formatTable(names, rows, 40)
      .split("\n\n")
      .map((block) => lines(block)[0]?.split(/ +/).slice(0, 2))
  expect(heads([row("online", 1), row("online", 2), row("offline", 1)])).toEqual(names.slice(2, 5).map(() => ["arm", "seed"]))
  const long = 1_234_567_890_123
  expect(heads([row("online", long), row("online", long + 1)]).slice(1)).not.toContainEqual(["arm", "seed"])
})

test("a table without rows still shows its columns", () => {
  expect(lines(formatTable(["step", "value"], [], 80))).toEqual(["step  value", "────  ─────"])
})

test("a missing value is a dash, and NaN is named", () => {
  expect(
    lines(
      formatTable(
        ["a", "b"],
        [
          [null, "NaN"],
          [0.5, 2],
        ],
        80,
      ),
    ).slice(2),
  ).toEqual(["    -  NaN", "0.500    2"])
})

test("text stays on its line, whatever it holds", () => {
  const cells = formatTable(["text"], [["a\nb\tc\u001b[2Jd\u0085"]], 80)
  expect(lines(cells).at(-1)).toBe("a\\nb\\tc\\u001b[2Jd\\u0085")
})

test("no line is wider than the screen, no row is lost, and no number is cut", () => {
  const row = fc.tuple(
    fc.string({ maxLength: 200 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ maxLength: 100, unit: "grapheme" }),
    fc.array(fc.integer(), { maxLength: 50 }),
  )
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 60, max: 120 }), (rows, width) => {
      const text = lines(formatTable(["arm", "step", "win_rate_of_the_arm", "prompt", "tokens"], rows, width))
      for (const line of text) expect([...line].length).toBeLessThanOrEqual(width)
      expect(text.slice(text.findIndex((line) => line.startsWith("──")) + 1).length).toBeGreaterThanOrEqual(rows.length)
      for (const [, step] of rows) expect(text.some((line) => line.includes(` ${step} `))).toBe(true)
    }),
  )
})

test("columns that are null in every row are left out, unless there is nothing else", () => {
  const names = ["arm", "beta", "rate"]
  const rows = [
    ["online", null, 0],
    ["offline", null, null],
  ]
  expect(dropEmptyColumns({ names, rows })).toEqual({
    names: ["arm", "rate"],
    rows: [
      ["online", 0],
      ["offline", null],
    ],
  })
  expect(dropEmptyColumns({ names, rows: [] })).toEqual({ names, rows: [] })
  expect(dropEmptyColumns({ names: ["x"], rows: [[null]] })).toEqual({ names: ["x"], rows: [[null]] })
})
