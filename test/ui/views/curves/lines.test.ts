import { expect, test } from "vitest"
import { colorChoices, groupLines, stylePositions } from "../../../../ui/views/curves/lines.ts"
import { sourceOf } from "./source.ts"

const sources = [
  sourceOf("offline", { beta: "0.1", seed: "1" }),
  sourceOf("offline", { beta: "0.1", seed: "2" }),
  sourceOf("offline", { beta: "0.03", seed: "1" }),
  sourceOf("online", { beta: "0.1", world: "90", seed: "1" }),
  sourceOf("judge", {}, { names: ["accuracy"] }),
]

test("seeds and worlds of an arm are one line; other axes tell lines apart, in order of their numbers", () => {
  const lines = groupLines(sources, "loss", "r1")
  expect(lines.map(({ label, sources }) => [label, sources.length])).toEqual([
    ["offline beta=0.03", 1],
    ["offline beta=0.1", 2],
    ["online beta=0.1", 1],
  ])
})

test("a stage without the metric has no line", () => {
  expect(groupLines(sources, "accuracy", "r1").map(({ label }) => label)).toEqual(["judge"])
  expect(groupLines(sources, "none", "r1")).toEqual([])
})

test("lines of two runs are apart, named by their runs, and those of this run keep their keys", () => {
  const alone = groupLines(sources, "loss", "r1")
  const both = groupLines([...sources, sourceOf("offline", { beta: "0.1", seed: "1" }, { run: "r0" })], "loss", "r1")
  expect(both).toHaveLength(alone.length + 1)
  expect(both.map(({ label }) => label)).toContain("offline beta=0.1 in r0")
  for (const { key } of alone) expect(both.map((line) => line.key)).toContain(key)
  // The same pipeline under another run's name has the same keys.
  const moved = sources.map((source) => ({ ...source, run: "r9" }))
  expect(groupLines(moved, "loss", "r9").map(({ key }) => key)).toEqual(alone.map(({ key }) => key))
})

test("no name of an arm or a value makes two lines one", () => {
  const lines = groupLines([sourceOf("a;beta;1", {}), sourceOf("a", { beta: "1" }), sourceOf("a@r1", {}), sourceOf("a", {})], "kl", "r1")
  expect(lines).toHaveLength(4)
})

test("lines can be coloured by what not all of them have in common", () => {
  const lines = groupLines(sources, "loss", "r1")
  expect(colorChoices(lines).map(({ value }) => value)).toEqual(["line", "arm", "axis beta"])
  expect([...stylePositions(lines, "axis beta").values()]).toEqual([0, 1, 1])
  expect([...stylePositions(lines, "arm").values()]).toEqual([0, 0, 1])
  expect([...stylePositions(lines, "line").values()]).toEqual([0, 1, 2])
})
