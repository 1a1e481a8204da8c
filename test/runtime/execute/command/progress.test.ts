import { expect, test } from "vitest"
import { lineReader } from "../../../../runtime/execute/command/lines.ts"
import { lineReports, progressLine } from "../../../../runtime/execute/command/progress.ts"
import type { Report } from "../../../../runtime/execute/task/task.ts"

const linesOf = (pieces: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const reader = lineReader((line) => lines.push(line))
  for (const piece of pieces) reader.add(piece)
  reader.end()
  return lines
}

const reportsOf = (
  lines: ReadonlyArray<string>,
  { isResumed = false, stream = "stdout" as "stdout" | "stderr" } = {},
): ReadonlyArray<Report> => {
  const reports: Array<Report> = []
  const add = lineReports(isResumed, (report) => reports.push(report))
  for (const line of lines) add(line, stream)
  return reports
}

test("lines are the same however the pieces fall, and the last needs no end", () => {
  const text = "one\ntwo\r\n\nthree"
  for (let size = 1; size <= text.length; size++) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size))
    expect(linesOf(pieces)).toEqual(["one", "two", "", "three"])
  }
})

test("of a progress bar that overwrites its line, the last state is the line", () => {
  expect(linesOf(["  0%|   |\r 50%|## |", "\r100%|###|\n", "done\n"])).toEqual(["100%|###|", "done"])
})

test("a line without an end does not fill the memory", () => {
  const bars = linesOf(Array.from({ length: 5000 }, (_, index) => `\r${index} ${"#".repeat(100)}`))
  expect(bars).toEqual([`4999 ${"#".repeat(100)}`])
  const endless = linesOf(Array.from({ length: 5 }, () => "x".repeat(60_000)))
  expect(endless.join("")).toBe("x".repeat(300_000))
  expect(Math.max(...endless.map(({ length }) => length))).toBe(100_000)
})

test("a JSON object with a step is progress, and its finite numbers are values", () => {
  expect(progressLine('{"step":3,"total":100,"loss":0.5,"name":"train","lr":1e-5}')).toEqual({
    step: 3,
    total: 100,
    values: { loss: 0.5, lr: 1e-5 },
  })
  expect(progressLine(' {"step": 0} ')).toEqual({ step: 0, total: null, values: {} })
})

test.each([
  ["{'loss': 0.5, 'step': 3}"],
  ['{"loss":0.5}'],
  ['{"step":"3"}'],
  ['{"step":-1}'],
  ['{"step":1.5}'],
  ["[3]"],
  ["null"],
  ['{"step":3'],
  ["step 3 of 100"],
])("%s is output", (line) => {
  expect(progressLine(line)).toBeNull()
  expect(reportsOf([line])).toEqual([{ type: "output", text: line }])
})

test("a total is remembered, and a step beyond it is one", () => {
  const totals = reportsOf(['{"step":1,"total":10}', '{"step":2}', '{"step":11}']).map(
    (report) => report.type === "progress" && report.total,
  )
  expect(totals).toEqual([10, 10, 11])
})

test("what a resumed program measures first is told as resumed", () => {
  const lines = ['{"step":7,"loss":1}', '{"step":8,"loss":2}']
  const told = (isResumed: boolean) =>
    reportsOf(lines, { isResumed }).flatMap((report) => (report.type === "metrics" ? report.steps.map((step) => step.isResumed) : []))
  expect(told(true)).toEqual([true, false])
  expect(told(false)).toEqual([false, false])
})

test("a line on stderr is output, whatever it says", () => {
  const line = '{"step":1,"total":2}'
  expect(reportsOf([line], { stream: "stderr" })).toEqual([{ type: "output", text: line }])
})
