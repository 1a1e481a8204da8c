import { expect, test } from "vitest"
import { type FoldStage, fold, type Unfolding } from "../../../../ui/views/graph/fold.ts"

const stage = (
  id: string,
  declared: string,
  at: Record<string, string> = {},
  inputs: ReadonlyArray<string> = [],
  more: Partial<FoldStage> = {},
) =>
  ({
    id,
    stage: declared,
    at,
    seconds: 10,
    state: "finished",
    inputs: inputs.map((from) => ({ port: "in", from: { id: from, output: "out" } })),
    ...more,
  }) satisfies FoldStage

/** A reference, arms over beta and seed, each with its evaluation, and a figure of all. */
const experiment = (): ReadonlyArray<FoldStage> => {
  const points = ["0.1", "0.5", "1"].flatMap((beta) => ["1", "2", "3", "4"].map((seed) => ({ beta, seed })))
  const nameOf = ({ beta, seed }: { beta: string; seed: string }) => `arms.beta=${beta},seed=${seed}`
  return [
    stage("reference", "sft"),
    ...points.flatMap((at) => [
      stage(`${nameOf(at)}.run`, "optimize", at, ["reference"], at.beta === "1" ? { state: "failed", seconds: null } : {}),
      stage(nameOf(at), "evaluate", at, [`${nameOf(at)}.run`], at.beta === "1" ? { state: "skipped", seconds: null } : {}),
    ]),
    stage(
      "figure",
      "frontier",
      {},
      points.map((at) => nameOf(at)),
    ),
  ]
}
const everywhere = (axis: string): Unfolding => ({ family: null, axis })
const labelsOf = (unfoldings: ReadonlyArray<Unfolding>) => fold(experiment(), unfoldings).nodes.map(({ label }) => label)

test("stages that differ only in their point of a sweep are one node", () => {
  expect(labelsOf([])).toEqual(["reference", "arms.beta=*,seed=*.run", "arms.beta=*,seed=*", "figure"])
})

test("a folded node tells its axes, how its stages ended, and what they took together", () => {
  const node = fold(experiment(), []).nodes[1]
  expect(node?.axes).toEqual([
    { name: "beta", values: ["0.1", "0.5", "1"] },
    { name: "seed", values: ["1", "2", "3", "4"] },
  ])
  expect(node?.counts).toEqual({ finished: 8, failed: 4 })
  expect(node?.state).toBe("failed")
  expect(node?.seconds).toBe(80)
  expect(node?.stages).toHaveLength(12)
})

test("an edge between nodes stands for all inputs between their stages, and none is lost", () => {
  expect(fold(experiment(), []).edges.map(({ count }) => count)).toEqual([12, 12, 12])
  for (const unfoldings of [[], [everywhere("beta")], [everywhere("beta"), everywhere("seed")]])
    expect(fold(experiment(), unfoldings).edges.reduce((sum, { count }) => sum + count, 0)).toBe(36)
})

test("unfolding by an axis makes one node per value of it", () => {
  expect(labelsOf([everywhere("beta")])).toEqual([
    "reference",
    "arms.beta=0.1,seed=*.run",
    "arms.beta=0.1,seed=*",
    "arms.beta=0.5,seed=*.run",
    "arms.beta=0.5,seed=*",
    "arms.beta=1,seed=*.run",
    "arms.beta=1,seed=*",
    "figure",
  ])
})

test("unfolding one family leaves the others folded", () => {
  const family = fold(experiment(), []).nodes[1]?.family ?? ""
  expect(labelsOf([{ family, axis: "beta" }])).toEqual([
    "reference",
    "arms.beta=0.1,seed=*.run",
    "arms.beta=*,seed=*",
    "arms.beta=0.5,seed=*.run",
    "arms.beta=1,seed=*.run",
    "figure",
  ])
})

test("unfolded by all axes, every node is a stage and is called by its id", () => {
  const { nodes } = fold(experiment(), [everywhere("beta"), everywhere("seed")])
  expect(nodes.map(({ key }) => key)).toEqual(experiment().map(({ id }) => id))
  expect(nodes.every(({ stages, axes }) => stages.length === 1 && axes.length === 0)).toBe(true)
})

test("a stage is in exactly one node, and keys are different", () => {
  for (const unfoldings of [[], [everywhere("seed")]]) {
    const { nodes } = fold(experiment(), unfoldings)
    expect(nodes.flatMap(({ stages }) => stages.map(({ id }) => id)).sort()).toEqual(
      experiment()
        .map(({ id }) => id)
        .sort(),
    )
    expect(new Set(nodes.map(({ key }) => key)).size).toBe(nodes.length)
  }
})

test("stages of a sweep that use each other have no edge to themselves", () => {
  const rounds = [stage("round=1.train", "train", { round: "1" }), stage("round=2.train", "train", { round: "2" }, ["round=1.train"])]
  expect(fold(rounds, []).edges).toEqual([])
  expect(fold(rounds, [everywhere("round")]).edges).toEqual([{ from: "round=1.train", to: "round=2.train", count: 1 }])
})

test("a value that is the beginning of another, or a decimal, is told apart", () => {
  const stages = ["1", "1.5", "10"].map((beta) => stage(`a.beta=${beta}.run`, "optimize", { beta }))
  const { nodes } = fold(stages, [])
  expect(nodes.map(({ label }) => label)).toEqual(["a.beta=*.run"])
})

test("declarations of different names stay apart though their ids would fold", () => {
  expect(fold([stage("a.seed=1", "sft", { seed: "1" }), stage("a.seed=2", "dpo", { seed: "2" })], []).nodes).toHaveLength(2)
})

test("an axis with one value folds nothing", () => {
  expect(fold([stage("a.seed=1", "sft", { seed: "1" })], []).nodes[0]).toMatchObject({ key: "a.seed=1", label: "a.seed=1", axes: [] })
})
