import * as fs from "node:fs"
import * as path from "node:path"
import { type Pipeline, pipeline, swap } from "assay"
import { Schema } from "effect"
import { describe, expect, test } from "vitest"
import { chooseArm } from "../../learning/analyse/runs.ts"
import { Claim } from "../../learning/analyse/verdicts.stage.ts"
import { checkpointSteps } from "../../learning/train/checkpoint.ts"
import { offline } from "../../pipelines/paper/arms.ts"
import { expected, minutes, minutesByKind } from "../../pipelines/paper/budget.ts"
import { quality } from "../../pipelines/paper/f05-quality.ts"
import { onPolicy } from "../../pipelines/paper/f13-on-policy.ts"
import { pairsOf, type Side } from "../../pipelines/paper/pairs.ts"
import { setUp } from "../../pipelines/paper/set-up.ts"
import { ablation, quick, type Study, small } from "../../pipelines/paper/study.ts"
import { identities, onlyIn } from "./identity.ts"

type Graph = Pipeline["graph"]

const folder = path.resolve(import.meta.dirname, "../../pipelines/paper")
const names = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && fs.readFileSync(path.join(folder, name), "utf8").includes("export default pipeline("))
const graphs = new Map(
  await Promise.all(
    names.map(async (name) => [name, ((await import(path.join(folder, name))) as { readonly default: Pipeline }).default.graph] as const),
  ),
)
const graphOf = (name: string): Graph => graphs.get(name) as Graph
const figures = names.filter((name) => !["all.ts", "sentiment.ts", "tldr-define-ham.ts", "quick.ts"].includes(name))

describe("the pipelines of the paper", () => {
  test("are one for each row of its experiments, and can all be declared, each stage with an id of its own", () => {
    expect(figures.length).toBeGreaterThanOrEqual(15)
    for (const [name, { stages }] of graphs) {
      expect(new Set(stages.map(({ id }) => id)).size, name).toBe(stages.length)
    }
  })

  test("share what they have in common: every stage of a figure is one of the whole study", () => {
    const whole = graphOf("all.ts")
    for (const name of figures) {
      expect(onlyIn(graphOf(name), whole), name).toEqual({})
    }
  })

  test("have one reference, one D_golden and one proxy a task and size", () => {
    const common = ["sentiment.small.reference", "sentiment.small.pairs", "sentiment.small.proxy"]
    const f01 = identities(graphOf("f01-frontier.ts"))
    for (const name of ["f04-coverage.ts", "f09-contrast.ts", "f13-on-policy.ts"]) {
      const other = identities(graphOf(name))
      for (const id of common) expect(other.get(id), `${name} ${id}`).toBe(f01.get(id))
    }
  })
})

describe("a change", () => {
  const declared = (study: Study) => pipeline("windows", () => onPolicy(setUp(study))).graph
  const study = small("sentiment")
  const seeds = study.seeds.elsewhere.length

  test("of one window of figure 13 changes the arms of that window, what draws and judges them, and nothing else", () => {
    const changed = onlyIn(declared({ ...study, windows: [1, 4, 250, "all"] }), declared(study))
    expect(changed).toEqual({ shuffle: seeds, optimize: seeds, evaluate: seeds, frontier: 1, "along-axis": 1, verdicts: 1 })
  })

  test("of the held-out pairs, by a swap, has all arms evaluated anew and none trained", () => {
    const common = setUp(study)
    const declared = () => quality(common)
    const swapped = () => swap(quality(common), { replace: common.heldOut, by: common.pairs })
    const changed = onlyIn(pipeline("quality", swapped).graph, pipeline("quality", declared).graph)
    expect(changed).toEqual({ evaluate: 3 * seeds, frontier: 1, verdicts: 1 })
  })

  test("of the policies that one arm's pairs are from changes that arm", () => {
    const common = setUp(study)
    const at = { beta: study.beta, learningRate: study.headlineRate, seed: 1 }
    const trained = (...sides: ReadonlyArray<Side>) =>
      pipeline("data", () => ({
        offline: offline(common, at),
        other: offline(common, at, pairsOf(common, at, sides[0] as Side, sides[1])),
      })).graph
    expect(onlyIn(trained("sft", "final"), trained("sft", "early"))).toEqual({ "policy-at": 1, sample: 1, label: 1, optimize: 1 })
  })
})

describe("a study", () => {
  test.each([
    ["small", small("sentiment")],
    ["quick", quick],
  ])("(%s) keeps the policy that it calls early, and its last period is all of a run", (_, study) => {
    const steps = study.stepsAt(study.headlineRate)
    expect(checkpointSteps(steps, study.checkpoints)).toContain(study.early)
    expect(study.periods.at(-1)).toBe(steps)
    expect(study.rates).toContain(study.headlineRate)
    expect(study.betas).toContain(study.beta)
  })

  test("has five seeds in figure 1 and three elsewhere", () => {
    expect(small("tldr").seeds).toMatchObject({ headline: [1, 2, 3, 4, 5], elsewhere: [1, 2, 3] })
    expect(ablation(small("sentiment")).seeds.elsewhere).toHaveLength(3)
  })
})

test("the budget counts every stage, and the whole study at less than three hours of two cores", () => {
  const whole = graphOf("all.ts")
  const costs = expected(whole)
  expect(costs.size).toBe(whole.stages.length)
  expect(Math.min(...costs.values())).toBeGreaterThan(0)
  expect([...costs.values()].every(Number.isFinite)).toBe(true)
  const byKind = [...minutesByKind(whole).values()]
  expect(byKind.reduce((sum, kind) => sum + kind.minutes, 0)).toBeCloseTo(minutes(whole), 6)
  expect(minutes(whole)).toBeLessThan(180)
  expect(minutes(graphOf("quick.ts"))).toBeLessThan(15)
})

test("every claim names arms that are there, one each, evaluated with the seeds that it pairs", () => {
  let claims = 0
  for (const [name, { stages }] of graphs) {
    for (const { id, declaration, parameters, inputs } of stages) {
      if (declaration.name !== "verdicts") continue
      const arms = armsIn(inputs.find(({ port }) => port === "evaluations")?.sources ?? [])
      for (const { effect } of Schema.decodeUnknownSync(Schema.Array(Claim))(parameters.claims)) {
        const choices = [...("arm" in effect ? [effect.arm] : []), ...("first" in effect ? [effect.first, effect.second] : [])]
        const places = "from" in effect ? [effect.from, effect.to] : []
        const placed = choices.flatMap((choice) =>
          places.length === 0 ? [choice] : places.map((place) => ({ ...choice, at: { ...choice.at, ...place } })),
        )
        const seeds = placed.map((choice) =>
          chooseArm(arms, choice)
            .runs.map(({ seed }) => seed)
            .join(),
        )
        expect(new Set(seeds).size, `${name} ${id} ${JSON.stringify(effect)}`).toBeLessThanOrEqual(1)
        claims++
      }
    }
  }
  expect(claims).toBeGreaterThan(100)
})

/** The arms of a stage's evaluations, with the seeds of their runs and nothing in them. */
const armsIn = (sources: Graph["stages"][number]["inputs"][number]["sources"]): Parameters<typeof chooseArm>[0] => {
  const runs = sources.map(({ path, at: { seed, ...axes } }) => ({
    path,
    axes,
    seed: seed === undefined ? null : Number(seed),
    against: new Map(),
  }))
  const byArm = new Map<string, Array<(typeof runs)[number]>>()
  for (const run of runs) {
    const key = JSON.stringify([run.path, run.axes])
    byArm.set(key, [...(byArm.get(key) ?? []), run])
  }
  return [...byArm].map(([name, of]) => ({ name, path: of[0]?.path ?? [], axes: of[0]?.axes ?? {}, runs: of }))
}
