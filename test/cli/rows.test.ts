import { Effect } from "effect"
import { expect, test } from "vitest"
import { formatCsv } from "../../cli/print/csv.ts"
import { rowFormat } from "../../cli/print/rows.ts"
import { formatWide } from "../../cli/print/wide.ts"
import { wrapLines } from "../../cli/print/wrap-lines.ts"

test("CSV quotes what would be read otherwise, and tells null from an empty text", () => {
  const rows = [
    ["a,b", 'say "no"', "two\nlines", "#1", "", null, 0.1, true, [1, 2], "plain"],
    ["\r", "−", 1e-7, -3, { a: 1 }, null, null, false, [], "x"],
  ]
  expect(formatCsv(["c1", "c 2", "c,3", "d", "e", "f", "g", "h", "i", "j"], rows)).toBe(
    [
      'c1,c 2,"c,3",d,e,f,g,h,i,j',
      '"a,b","say ""no""","two\nlines","#1","",,0.1,true,"[1,2]",plain',
      '"\r",−,1e-7,-3,"{""a"":1}",,,false,[],x',
    ].join("\n"),
  )
})

test("a row as a block has long texts whole, wrapped between words, and leaves out what is null", () => {
  const text = "The quick brown fox jumps over the lazy dog, and over the fence behind it.\nThen it sleeps."
  expect(formatWide(["prompt", "score", "response"], [["Why?", null, text]], 40).split("\n")).toEqual([
    "── row 1 ───────────────────────────────",
    "prompt    Why?",
    "response  The quick brown fox jumps over",
    "          the lazy dog, and over the",
    "          fence behind it.",
    "          Then it sleeps.",
  ])
})

test("a name that is longer than the room stands above its value", () => {
  const lines = formatWide(["a_very_long_name_of_a_column", "b"], [["x", "y"]], 30).split("\n")
  expect(lines.slice(1)).toEqual(["a_very_long_name_of_a_column", "      x", "b     y"])
})

test("a word longer than a line is broken, and nothing in a text moves the cursor", () => {
  expect(wrapLines("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"])
  expect(wrapLines("a\u001b[2Jb", 20)).toEqual(["a\\u001b[2Jb"])
  expect(wrapLines("", 4)).toEqual([""])
})

test("formats of rows do not go together", async () => {
  expect(await Effect.runPromise(rowFormat({}))).toBe("table")
  expect(await Effect.runPromise(rowFormat({ csv: true, json: false }))).toBe("csv")
  await expect(Effect.runPromise(rowFormat({ csv: true, json: true }))).rejects.toThrow("--csv and --json do not go together")
})
