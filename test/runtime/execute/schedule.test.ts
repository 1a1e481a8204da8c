import fc from "fast-check"
import { expect, test } from "vitest"
import type { Graph, GraphSource, GraphStage } from "../../../dsl/graph.ts"
import { type Schedule, schedule } from "../../../runtime/execute/schedule.ts"
import { declaration } from "../plan/cause/comparison.ts"

const type = { kind: "files", name: "policy" } as GraphSource["type"]

/** A graph whose stages take the outputs of earlier ones: `{ a: [], b: ["a"] }`. */
const graphOf = (sources: Readonly<Record<string, ReadonlyArray<string>>>): Graph => ({
  name: "g",
  results: [],
  stages: Object.entries(sources).map(
    ([id, ids]): GraphStage => ({
      id,
      at: {},
      group: id,
      declaration,
      parameters: {},
      plugins: [],
      inputs: ids.map((from, index) => ({
        port: `port${index}`,
        many: false,
        sources: [{ type, from: { kind: "output", id: from, output: "out" }, path: [], at: {} }],
      })),
    }),
  ),
})

const ready = (stages: Schedule): ReadonlyArray<string> => {
  const ids: Array<string> = []
  for (let stage = stages.next(); stage !== undefined; stage = stages.next()) ids.push(stage.id)
  return ids
}

test("a stage is ready when every stage before it has its result, and is handed out once", () => {
  const stages = schedule(graphOf({ a: [], b: [], c: ["a", "b"], d: ["c"] }))
  expect(ready(stages)).toEqual(["a", "b"])
  stages.settle("a")
  expect(ready(stages)).toEqual([])
  stages.settle("b")
  expect(ready(stages)).toEqual(["c"])
  stages.settle("c")
  expect(ready(stages)).toEqual(["d"])
  stages.settle("d")
  expect(ready(stages)).toEqual([])
})

test("a stage that takes two outputs of another waits for it once", () => {
  const stages = schedule(graphOf({ a: [], b: ["a", "a"] }))
  expect(ready(stages)).toEqual(["a"])
  stages.settle("a")
  stages.settle("a")
  expect(ready(stages)).toEqual(["b"])
})

test("what depends on a failed stage leaves the schedule, and nothing else does", () => {
  const stages = schedule(graphOf({ a: [], b: ["a"], c: ["b"], d: [], e: ["d"] }))
  expect(ready(stages)).toEqual(["a", "d"])
  expect(stages.abandon("a").map(({ id }) => id)).toEqual(["b", "c"])
  expect(stages.abandon("a")).toEqual([])
  stages.settle("d")
  expect(ready(stages)).toEqual(["e"])
})

test("a stage whose result is gone goes again, and the one that wanted it waits for it", () => {
  const stages = schedule(graphOf({ a: [], b: ["a"], c: ["a"] }))
  ready(stages)
  stages.settle("a")
  expect(ready(stages)).toEqual(["b", "c"])
  stages.settle("c")
  stages.reopen("a", "b")
  expect(ready(stages)).toEqual(["a"])
  stages.settle("a")
  expect(ready(stages)).toEqual(["b"])
})

test("a result that two stages find gone is computed once more, not twice", () => {
  const stages = schedule(graphOf({ a: [], b: ["a"], c: ["a"] }))
  ready(stages)
  stages.settle("a")
  ready(stages)
  stages.reopen("a", "b")
  stages.reopen("a", "c")
  expect(ready(stages)).toEqual(["a"])
  stages.settle("a")
  expect(ready(stages)).toEqual(["b", "c"])
})

test("a stage that has to wait for another process is ready once more", () => {
  const stages = schedule(graphOf({ a: [], b: ["a"] }))
  expect(ready(stages)).toEqual(["a"])
  stages.retry("a")
  expect(ready(stages)).toEqual(["a"])
})

test("in every graph each stage is handed out once, after all that it depends on", () => {
  const graphs = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
    .map((lists) =>
      Object.fromEntries(lists.map((list, index) => [`s${index}`, index === 0 ? [] : list.map((each) => `s${each % index}`)])),
    )
  fc.assert(
    fc.property(graphs, (sources) => {
      const stages = schedule(graphOf(sources))
      const done: Array<string> = []
      for (let batch = ready(stages); batch.length > 0; batch = ready(stages))
        for (const id of batch) {
          for (const source of sources[id] ?? []) expect(done).toContain(source)
          done.push(id)
          stages.settle(id)
        }
      expect([...done].sort()).toEqual(Object.keys(sources).sort())
    }),
  )
})
