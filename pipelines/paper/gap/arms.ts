/**
 * The arms of the study: what pairs are drawn from, who labels them, and in which order they come.
 */

import type { Artifact } from "assay"
import {
  bo2,
  type Checkpoints,
  evaluate,
  goldenPolicy,
  ipo,
  type Loss,
  label,
  optimize,
  optimizeOnline,
  type Preferences,
  policyAt,
  sample,
  shuffle,
} from "assay/stages"
import { kls } from "../shared/claims.ts"
import { batchSize, beta, checkpoints, evaluated, paperBeta, period, stepsOf, windows } from "./design.ts"
import type { World } from "./world.ts"

/** A point of the study's grid within a world. */
export interface At {
  readonly learningRate: number
  readonly seed: number
  readonly loss?: Loss
  /** Steps, as a multiple of those of the rate. */
  readonly longer?: number
}
type Labels = "gold" | "proxy"

const training = ({ reference, design, trainingSeed }: World, { learningRate, seed, loss = ipo({ beta }), longer = 1 }: At) => {
  const rate = design.rates.find((each) => each.learningRate === learningRate)
  if (rate === undefined) throw new Error(`${design.task} has no steps for a learning rate of ${learningRate}`)
  return { reference, loss, learningRate, steps: Math.round(longer * rate.steps), batchSize, checkpoints, seed: trainingSeed(seed) }
}

/** Online, or semi-online with a period, labelled by gold itself or by the proxy. */
const online = (world: World, at: At, labels: Labels, synchronise = 1) => {
  const { prompting, task, proxy, design } = world
  const options = { ...training(world, at), ...prompting, synchronise }
  return labels === "gold"
    ? goldenPolicy({ ...options, judge: task.gold, perPrompt: design.goldPerPrompt })
    : optimizeOnline({ ...options, judge: proxy })
}

const offline = (world: World, at: At, preferences: Artifact<typeof Preferences>) => optimize({ ...training(world, at), preferences })

/** The pairs of the online arm, shuffled within windows of so many steps. */
const shuffled = (world: World, at: At, labels: Labels, window: "all" | (typeof windows)[number]) => {
  const preferences = shuffle({ preferences: online(world, at, labels).stream, window, seed: world.trainingSeed(at.seed) })
  return optimize({ ...training(world, at), preferences, order: "stream" })
}

/** What both labels have. */
const byLabels = <V>(of: (labels: Labels) => V): { readonly gold: V; readonly proxy: V } => ({ gold: of("gold"), proxy: of("proxy") })

/**
 * Sampling × labels: offline on SFT's pairs, semi-online, online, and the online pairs in random
 * order.
 */
export const factorial = (world: World, at: At) => ({
  offline: byLabels((labels) => offline(world, at, world.pairs[labels])),
  "every 30": byLabels((labels) => online(world, at, labels, period)),
  shuffled: byLabels((labels) => shuffled(world, at, labels, "all")),
  online: byLabels((labels) => online(world, at, labels)),
})

/** As they are used: offline learns from gold, online from the proxy. */
export const asUsed = (world: World, at: At) => ({
  offline: { gold: offline(world, at, world.pairs.gold) },
  online: { proxy: online(world, at, "proxy") },
})

/** As they are used, with the paper's β. */
export const withPaperBeta = (world: World, at: At) => asUsed(world, { ...at, loss: ipo({ beta: paperBeta }), longer: stepsOf.paperBeta })

/** The larger policy's arms: as they are used, and each by the other's labels. */
export const swapped = (world: World, at: At) => ({
  offline: byLabels((labels) => offline(world, at, world.pairs[labels])),
  online: byLabels((labels) => online(world, at, labels)),
})

/** Figure 13: the online stream, shuffled within windows. */
export const inWindows = (world: World, at: At) =>
  Object.fromEntries(windows.map((window) => [`window ${window}`, shuffled(world, at, "proxy", window)]))

/**
 * Figure 12: offline on pairs of SFT and policies of the online run by the proxy, labelled by gold.
 */
export const onPairsOf = (world: World, at: At) => {
  const { prompting, task, samples, design, trainingSeed } = world
  const { prompts: limit, perPrompt, pairing } = design.data
  const run = online(world, at, "proxy").checkpoints
  const drawFrom = (step: number | "last", purpose: number) =>
    sample({ policy: policyAt({ run, step }), ...prompting, limit, perPrompt, seed: 10 * trainingSeed(at.seed) + purpose })
  const { steps } = training(world, at)
  const [early, final] = [drawFrom(earlyStep(steps), 1), drawFrom("last", 2)]
  const judge = task.gold
  return {
    "sft-early": offline(world, at, label({ responses: samples, opponents: early, judge, pairing: "disjoint" })),
    "early-final": offline(world, at, label({ responses: early, opponents: final, judge, pairing: "disjoint" })),
    "final-final": offline(world, at, label({ responses: final, judge, pairing })),
  }
}

/** Figure 9: best-of-2, which knows neither loser nor reference. */
export const withoutContrast = (world: World, at: At) => {
  const bestOf2 = { ...at, loss: bo2(), longer: stepsOf.bestOf2 }
  return {
    "Bo2 offline": offline(world, bestOf2, world.pairs.gold),
    "Bo2 shuffled": shuffled(world, bestOf2, "proxy", "all"),
    "Bo2 online": online(world, bestOf2, "proxy"),
  }
}

/** The checkpoint at two fifths of a run: near 2 nats, where the end is beyond 5. */
export const earlyStep = (steps: number): number => Math.round(steps / 40 ** 0.25)

type Trained = { readonly checkpoints: Artifact<typeof Checkpoints> }
type Arms = { readonly [name: string]: Trained | Arms }
type Evaluated<A> = { readonly [K in keyof A]: A[K] extends Trained ? ReturnType<typeof evaluate> : Evaluated<A[K]> }

/** Evaluates arms in the same way: at checkpoints that bracket the KLs of the claims. */
export const evaluateArms = <A extends Arms>(world: World, arms: A): Evaluated<A> => {
  const { reference, task, answers, golden, heldOut, evaluationSeed, prompting } = world
  const options = {
    reference,
    ...prompting,
    answers: { sft: answers },
    opponent: { golden },
    judge: task.gold,
    preferences: { golden: heldOut },
    count: evaluated.prompts,
    pairs: evaluated.pairs,
    checkpoints: { bracketing: kls, pilot: 128 },
    seed: evaluationSeed,
  }
  return Object.fromEntries(
    Object.entries(arms).map(([name, arm]) => [
      name,
      isTrained(arm) ? evaluate({ run: arm.checkpoints, ...options }) : evaluateArms(world, arm),
    ]),
  ) as Evaluated<A>
}

const isTrained = (arm: Trained | Arms): arm is Trained => "checkpoints" in arm
