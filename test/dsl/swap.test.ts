import { expect, test } from "vitest"
import { file, pipeline, swap, sweep } from "../../dsl/index.ts"
import { corpus, evaluate, figure, label, optimize, sft } from "./fixtures/stages.ts"

const set = () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ prompts: task.prompts, steps: 10, seed: 1 })
  const other = sft({ prompts: task.prompts, steps: 10, seed: 2 })
  const pairs = label({ policy: reference, judge: task.gold })
  const otherPairs = label({ policy: other, judge: task.gold })
  return { task, reference, other, pairs, otherPairs }
}

/** The whole graph without the ids, which swap may change. */
const shape = (returned: unknown) => {
  const { stages } = pipeline("swap", () => returned).graph
  const order = new Map(stages.map(({ id }, index) => [id, index]))
  return stages.map(({ declaration, parameters, inputs }) => [
    declaration.name,
    parameters,
    inputs.map(({ port, sources }) => [
      port,
      sources.map(({ from, path, at }) => [from.kind === "output" ? [order.get(from.id), from.output] : from, path, at]),
    ]),
  ])
}

test("a swap equals the declaration with the artifact exchanged by hand", () => {
  const { reference, pairs, otherPairs } = set()
  const scores = (preferences: typeof pairs) => ({ a: evaluate({ of: optimize({ reference, pairs: preferences, beta: 0.1 }).policy }) })
  expect(shape(swap(scores(pairs), { replace: pairs, by: otherPairs }))).toEqual(shape(scores(otherPairs)))
})

test("a swap reaches through collections and sweeps", () => {
  const { reference, pairs, otherPairs } = set()
  const draw = (preferences: typeof pairs) =>
    figure({ scores: sweep({ beta: [0.1, 0.5] }, ({ beta }) => optimize({ reference, pairs: preferences, beta }).scores) })
  expect(shape(swap(draw(pairs), { replace: pairs, by: otherPairs }))).toEqual(shape(draw(otherPairs)))
  const arms = (preferences: typeof pairs) => sweep({ beta: [0.1, 0.5] }, ({ beta }) => optimize({ reference, pairs: preferences, beta }))
  expect(shape(swap(arms(pairs), { replace: pairs, by: otherPairs }))).toEqual(shape(arms(otherPairs)))
})

test("stages that do not depend on the exchanged artifact stay the same stages", () => {
  const { reference, pairs, otherPairs } = set()
  const arm = optimize({ reference, pairs, beta: 0.1 })
  const both = { arm, swapped: swap(arm, { replace: pairs, by: otherPairs }) }
  const names = pipeline("both", () => both).graph.stages.map(({ declaration }) => declaration.name)
  expect(names.filter((name) => name === "corpus")).toHaveLength(1)
  expect(names.filter((name) => name === "optimize")).toHaveLength(2)
})

test("a swap there and back again is the same stage", () => {
  const { reference, pairs, otherPairs } = set()
  const arm = optimize({ reference, pairs, beta: 0.1 })
  const back = swap(swap(arm, { replace: pairs, by: otherPairs }), { replace: otherPairs, by: pairs })
  expect(shape({ arm, back })).toEqual(shape({ arm, back: arm }))
})

test("only the artifact itself is exchanged, not another output of its stage", () => {
  const { task, reference } = set()
  const pairs = label({ policy: reference, judge: task.gold })
  const tldr = corpus({ task: "tldr" })
  const swapped = swap(pairs, { replace: task.gold, by: tldr.gold })
  const names = pipeline("outputs", () => swapped)
    .graph.stages.map(({ parameters }) => parameters.task)
    .filter(Boolean)
  expect(names.sort()).toEqual(["sentiment", "tldr"])
})

test("a swap of what the target does not depend on is refused", () => {
  const { reference, pairs, otherPairs } = set()
  expect(() => swap({ reference }, { replace: pairs, by: otherPairs })).toThrow(
    "swap: the target does not depend on the pairs to be replaced",
  )
})

test("files from outside are told apart by their path", () => {
  expect(swap({ notice: file("a.txt") }, { replace: file("a.txt"), by: file("b.txt") }).notice.origin).toEqual({
    kind: "file",
    path: "b.txt",
  })
})

test("a chain of ten thousand stages is exchanged at its end, without a stack as deep", () => {
  const { reference, other } = set()
  const judge = corpus({ task: "sentiment" }).gold
  let policy = reference
  for (let n = 1; n <= 5000; n++) policy = optimize({ reference, pairs: label({ policy, judge }), beta: n }).policy
  const swapped = swap(policy, { replace: reference, by: other })
  expect(swapped.origin.kind === "output" && swapped.origin.stage.parameters).toMatchObject({ beta: 5000 })
  expect(pipeline("long", () => swapped).graph.stages).toHaveLength(10_002)
})
