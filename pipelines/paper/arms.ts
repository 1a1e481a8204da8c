/** The arms that figures compare. They have the same loss, steps, pairs a step, learning rate and seed, and differ in where their pairs come from. */

import { type Artifact, sweep } from "assay"
import { type Checkpoints, evaluate, ipo, type Metrics, optimize, optimizeOnline, type Preferences, shuffle } from "assay/stages"
import type { SetUp } from "./set-up.ts"
import { type At, batchSize } from "./study.ts"

type Pairs = Artifact<typeof Preferences>

/** A trained arm: what `optimize` and `optimizeOnline` both yield. */
export type Trained = {
  readonly checkpoints: Artifact<typeof Checkpoints>
  readonly metrics: Artifact<typeof Metrics>
}

const training = ({ study, reference }: SetUp, { beta, learningRate, seed, loss = ipo({ beta }) }: At) => ({
  reference,
  loss,
  steps: study.stepsAt(learningRate),
  learningRate,
  batchSize,
  seed,
  checkpoints: study.checkpoints,
})

/** Offline on given pairs; on D_golden unless others are given. */
export const offline = (common: SetUp, at: At, preferences: Pairs = common.pairs) => optimize({ ...training(common, at), preferences })

/** Online: fresh pairs of the current policy at each step, labelled by the proxy. `synchronise` > 1 is semi-online. */
export const online = (common: SetUp, at: At, synchronise = 1) => {
  const { task, proxy } = common
  return optimizeOnline({ ...training(common, at), prompts: task.prompts, judge: proxy, maxNewTokens: task.maxNewTokens, synchronise })
}

/** Offline on the stream of the online arm of the same point, in its order. */
export const replayed = (common: SetUp, at: At) =>
  optimize({ ...training(common, at), preferences: online(common, at).stream, order: "stream" })

/** The same, its pairs shuffled within windows of so many steps. */
export const shuffled = (common: SetUp, at: At, window: number | "all" = "all") => {
  const preferences = shuffle({ preferences: online(common, at).stream, window, seed: at.seed })
  return optimize({ ...training(common, at), preferences, order: "stream" })
}

/**
 * An arm as it is evaluated everywhere: against SFT and against the golden policy, on the same prompts with the same random numbers; as a classifier on
 * held-out golden pairs, and on pairs of the online arm's stream where the figure asks for it.
 */
export const played = (common: SetUp, { checkpoints }: Trained, stream?: Pairs) => {
  const { study, task, reference, golden, heldOut, independent } = common
  return evaluate({
    run: checkpoints,
    reference,
    prompts: task.prompts,
    opponent: { sft: reference, golden },
    judge: task.gold,
    ...(independent === undefined ? {} : { independent }),
    preferences: { golden: heldOut, ...(stream === undefined ? {} : { stream }) },
    text: task.text,
    count: study.evaluated,
    maxNewTokens: task.maxNewTokens,
    seed: evaluationSeed,
  })
}

const evaluationSeed = 6

/** The points of a grid, each for so many seeds. */
export const grid = <V>(
  {
    betas,
    rates,
    seeds,
  }: { readonly betas: Some<number>; readonly rates: Some<number>; readonly seeds: (at: Omit<At, "seed">) => Some<number> },
  body: (at: At) => V,
) =>
  sweep({ beta: betas }, ({ beta }) =>
    sweep({ learningRate: rates }, ({ learningRate }) =>
      sweep({ seed: seeds({ beta, learningRate }) }, ({ seed }) => body({ beta, learningRate, seed })),
    ),
  )

type Some<T> = ReadonlyArray<T>
