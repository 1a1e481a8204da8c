import { describe, expect, it } from "vitest"
import type { GenerationSource, StageInput } from "../../../../serve/api.ts"
import { armOf, presetsOf } from "../../../../ui/views/generations/default-response-sets.ts"

const source = (
  id: string,
  artifact: GenerationSource["artifact"],
  at: Record<string, string> = {},
  output: string = artifact,
): GenerationSource => ({
  id,
  at,
  artifact,
  output,
  key: `key of ${id}`,
  rows: 1,
})

const input = (port: string, id: string, output: string): StageInput => ({ port, from: { id, output } })
const file = (port: string, name: string): StageInput => ({ port, from: { file: name } })

/** An evaluation, with its prompts, its reference, and the answers that it is compared with. */
const evaluate = (id: string, task: string) => ({
  id,
  stage: "evaluate",
  inputs: [
    file("prompts", `${task}.parquet`),
    input("reference", `${task}.reference`, "policy"),
    input("answers", `${task}.golden-answers`, "responses"),
    input("answers", `${task}.answers`, "responses"),
  ],
})

const sample = (id: string, policy: string) => ({ id, stage: "sample", inputs: [input("policy", policy, "policy")] })

const stagesOf = (task: string, evaluations: ReadonlyArray<string>) => [
  sample(`${task}.samples`, `${task}.reference`),
  sample(`${task}.golden-answers`, `${task}.golden`),
  sample(`${task}.answers`, `${task}.reference`),
  { id: `${task}.pairs`, stage: "label", inputs: [] },
  ...evaluations.map((id) => evaluate(id, task)),
]

const responseSetsOf = (sources: ReadonlyArray<GenerationSource>, stages: Parameters<typeof presetsOf>[1], name = "arms") =>
  presetsOf(sources, stages)
    .find((preset) => preset.name === name)
    ?.responseSets.map(({ id }) => id)

describe("the arm of an evaluation", () => {
  it("is its id without the axes of sweeps", () => {
    expect(armOf({ id: "tldr.learningRate=0.001.offline.gold", at: { learningRate: "0.001" } })).toBe("tldr.offline.gold")
    expect(armOf({ id: "tldr.beta=0.1,seed=2.online", at: { beta: "0.1", seed: "2" } })).toBe("tldr.online")
    expect(armOf({ id: "small.world 90.x", at: {} })).toBe("small.world 90.x")
  })
})

describe("the texts that are shown first", () => {
  it("are the first two arms of one seed, and what their reference answered", () => {
    const evaluations = ["seed=1.offline", "seed=2.offline", "seed=2.online", "seed=1.online", "seed=1.shuffled"]
    const sources = [
      source("tldr.samples", "responses"),
      source("tldr.golden-answers", "responses"),
      source("tldr.answers", "responses"),
      source("tldr.pairs", "preferences"),
      ...evaluations.map((id) => source(id, "evaluation", { seed: id.charAt(5) })),
    ]
    expect(responseSetsOf(sources, stagesOf("tldr", evaluations))).toEqual(["seed=1.offline", "seed=1.online", "tldr.answers"])
  })

  it("are not of different prompts", () => {
    const stages = [...stagesOf("tldr", ["tldr.offline"]), ...stagesOf("define", ["define.offline", "define.online"])]
    const sources = ["tldr.offline", "define.offline", "define.online"].map((id) => source(id, "evaluation"))
    expect(responseSetsOf(sources, stages)).toEqual(["tldr.offline"])
    expect(responseSetsOf(sources.slice(1), stages)).toEqual(["define.offline", "define.online"])
  })

  it("have the last step, and an opponent that the page chooses", () => {
    const [preset] = presetsOf([source("a", "evaluation")], [])
    expect(preset?.responseSets).toEqual([{ id: "a", output: "evaluation", step: null, against: null }])
  })

  it("are of what an arm saw, before what others did", () => {
    const sources = [
      source("golden.run", "preferences", {}, "stream"),
      source("online.run", "preferences", {}, "stream"),
      source("online", "evaluation"),
    ]
    const evaluation = { id: "online", stage: "evaluate", inputs: [input("run", "online.run", "checkpoints")] }
    expect(responseSetsOf(sources, [evaluation], "stream")).toEqual(["online.run"])
    expect(responseSetsOf(sources, [], "stream")).toEqual(["golden.run"])
  })

  it("are responses or pairs where nothing was evaluated", () => {
    expect(responseSetsOf([source("a", "responses"), source("b", "responses")], [])).toEqual(["a"])
    expect(presetsOf([source("p", "preferences")], []).map(({ name }) => name)).toEqual(["pairs"])
    expect(presetsOf([], [])).toEqual([])
  })

  it("can be labelled pairs, what a learner saw, and judgements", () => {
    const sources = [
      source("contrasts", "preferences"),
      source("run", "preferences", {}, "stream"),
      source("tldr.pairs", "preferences"),
      source("judged", "judgements"),
    ]
    const stages = stagesOf("tldr", [])
    expect(presetsOf(sources, stages).map(({ name, responseSets }) => [name, responseSets[0]?.id])).toEqual([
      ["pairs", "tldr.pairs"],
      ["stream", "run"],
      ["judgements", "judged"],
    ])
  })
})
