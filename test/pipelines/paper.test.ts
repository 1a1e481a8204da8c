import * as fs from "node:fs"
import * as path from "node:path"
import { type Pipeline, pipeline, swap } from "assay"
import { Schema } from "effect"
import { describe, expect, test } from "vitest"
import { Claim, type CompleteEstimand } from "../../learning/analyse/claim.ts"
import { type Arm, armsOf, chooseArm, placeOf, type RunPlace } from "../../learning/analyse/runs.ts"
import { checkpointSteps } from "../../learning/train/checkpoint.ts"
import { quality } from "../../pipelines/paper/figures/f05-quality.ts"
import { data } from "../../pipelines/paper/figures/f12-data.ts"
import { onPolicy } from "../../pipelines/paper/figures/f13-on-policy.ts"
import { earlyStep } from "../../pipelines/paper/gap/arms.ts"
import { allClaims } from "../../pipelines/paper/gap/claims.ts"
import { checkpoints, fullDesign, quickDesign } from "../../pipelines/paper/gap/design.ts"
import { sentences } from "../../pipelines/paper/gap/findings.ts"
import { study } from "../../pipelines/paper/gap/study.ts"
import { type SetUp, setUp } from "../../pipelines/paper/shared/set-up.ts"
import { ablation, quick, type Study, small } from "../../pipelines/paper/shared/study.ts"
import { identities, onlyIn } from "./identity.ts"

type Graph = Pipeline["graph"]

const folder = path.resolve(import.meta.dirname, "../../pipelines/paper")

/** The graphs of the pipelines in a folder, by file name. */
const readGraphs = async (room: "figures" | "studies"): Promise<ReadonlyMap<string, Graph>> => {
  const files = fs.readdirSync(path.join(folder, room)).filter((name) => name.endsWith(".ts") && name !== "results.ts")
  const read = async (name: string) => ((await import(path.join(folder, room, name))) as { readonly default: Pipeline }).default.graph
  return new Map(await Promise.all(files.map(async (name) => [name, await read(name)] as const)))
}
const [figures, studies] = [await readGraphs("figures"), await readGraphs("studies")]
const graphs = new Map([...figures, ...studies])
const graphOf = (name: string): Graph => graphs.get(name) as Graph

describe("the pipelines of the paper", () => {
  test("are one for each row of its experiments, and can all be declared, each stage with an id of its own", () => {
    expect(figures.size).toBeGreaterThanOrEqual(15)
    for (const [name, { stages }] of graphs) {
      expect(new Set(stages.map(({ id }) => id)).size, name).toBe(stages.length)
    }
  })

  test("share what they have in common: every stage of a figure is one of the whole study", () => {
    const whole = graphOf("all.ts")
    for (const [name, graph] of figures) {
      expect(onlyIn(graph, whole), name).toEqual({})
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
  const declare = (figure: (common: SetUp) => unknown, study: Study) => pipeline("figure", () => figure(setUp(study))).graph
  const study = small("sentiment")
  const seeds = study.seeds.elsewhere.length

  test("of one window of figure 13 changes the arms of that window, what draws and judges them, and nothing else", () => {
    const changed = onlyIn(declare(onPolicy, { ...study, windows: [1, 4, 250, "all"] }), declare(onPolicy, study))
    expect(changed).toEqual({ shuffle: seeds, optimize: seeds, evaluate: seeds, frontier: 1, "along-axis": 1, verdicts: 1 })
  })

  test("of the held-out pairs, by a swap, has all arms evaluated again and none trained", () => {
    const swapHeldOut = (common: SetUp) => swap(quality(common), { replace: common.heldOut, by: common.pairs })
    const changed = onlyIn(declare(swapHeldOut, study), declare(quality, study))
    expect(changed).toEqual({ evaluate: 3 * seeds, frontier: 1, verdicts: 1 })
  })

  test("of the step at which a policy is early changes the two arms of figure 12 whose pairs are from it", () => {
    const changed = onlyIn(declare(data, { ...study, early: study.early + 1 }), declare(data, study))
    expect(changed).toEqual({
      "policy-at": seeds,
      sample: seeds,
      label: 2 * seeds,
      optimize: 2 * seeds,
      evaluate: 2 * seeds,
      frontier: 1,
      verdicts: 1,
    })
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

describe("the study of the gap", () => {
  test.each([
    ["full", fullDesign],
    ["quick", quickDesign],
  ])("(%s) keeps the policy that it calls early", (_, { sentiment, medium, others }) => {
    for (const { rates } of [sentiment, ...(medium === undefined ? [] : [medium]), ...others])
      for (const { steps } of rates) expect(checkpointSteps(steps, checkpoints)).toContain(earlyStep(steps))
  })

  test("has a sentence for every verdict that a claim of its first page may get", () => {
    const claims = new Map(allClaims(fullDesign).map((claim) => [claim.claim, claim]))
    for (const { claim, sentences: written } of sentences) {
      const { margin, threshold = 0 } = claims.get(claim) ?? {}
      const words = ["supported", "opposite", "inconclusive", "not measurable", ...(threshold === 0 && margin !== 0 ? ["negligible"] : [])]
      expect(Object.keys(written).sort(), claim).toEqual(words.sort())
    }
  })

  test("draws everything but gold again in each world: no seed is used in two", () => {
    const seedsIn = (world: number) => {
      const { graph } = pipeline("world", () => study({ ...quickDesign, worlds: [world], fewerWorlds: [world] }))
      return new Set(
        graph.stages.flatMap(({ id, parameters }) => ("seed" in parameters && !/judge|gold'?$/.test(id) ? Number(parameters.seed) : [])),
      )
    }
    const [one, other] = [seedsIn(1), seedsIn(2)]
    // 0 is that of stages that draw nothing here: labels without coins for ties.
    expect([...one].filter((seed) => seed !== 0 && other.has(seed))).toEqual([])
  })
})

test("every claim names arms that are there, one each, evaluated with the worlds and seeds that it pairs", () => {
  let claims = 0
  for (const [name, { stages }] of graphs) {
    for (const { id, declaration, parameters, inputs } of stages) {
      if (declaration.name !== "verdicts") continue
      const arms = armsIn(inputs.find(({ port }) => port === "evaluations")?.sources ?? [])
      for (const { estimand, and } of Schema.decodeUnknownSync(Schema.Array(Claim))(parameters.claims))
        for (const each of [estimand, ...and.map((part) => part.estimand)]) {
          const places = choicesOf(each).map((choice) =>
            JSON.stringify(chooseArm(arms, choice).runs.map(({ world, seed }) => [world, seed])),
          )
          expect(new Set(places).size, `${name} ${id} ${JSON.stringify(each)}`).toBeLessThanOrEqual(1)
          claims++
        }
    }
  }
  expect(claims).toBeGreaterThan(100)
})

const choicesOf = (estimand: CompleteEstimand) => [
  ...("arm" in estimand ? [estimand] : []),
  ...("first" in estimand ? [estimand.first, estimand.second] : []),
  ...("terms" in estimand ? estimand.terms : []),
]

/** The arms of a stage's evaluations, with nothing in their runs. */
const armsIn = (sources: Graph["stages"][number]["inputs"][number]["sources"]): ReadonlyArray<Arm<RunPlace>> => armsOf(sources.map(placeOf))
