/** The numbers of the study of the gap: everything that is not a result. */

import type { PolicySize, TaskName } from "assay/stages"

/** How much of a world is drawn for one task at one size of policy. */
export interface TaskDesign {
  readonly task: TaskName
  readonly size: PolicySize
  readonly sft: { readonly steps: number; readonly learningRate: number }
  /** D_golden: so many prompts, so many responses of SFT to each, and which of their pairs. */
  readonly data: { readonly prompts: number; readonly perPrompt: number; readonly pairing: "all" | "disjoint" }
  /** Steps of the transformer in the proxy's ensemble. */
  readonly proxySteps: number
  /**
   * Responses to a prompt from which an online arm by gold draws a pair: with more than two, a pair
   * that gold does not tie.
   */
  readonly goldPerPrompt: number
  /** Of the golden policy, the second opponent. */
  readonly goldenSteps: number
  /** Learning rates of arms, each with its steps. */
  readonly rates: ReadonlyArray<{ readonly learningRate: number; readonly steps: number }>
}

/** A study: worlds, and seeds of training in each. */
export interface Design {
  /** Numbers that seeds are made from: another world draws everything again. */
  readonly worlds: ReadonlyArray<number>
  readonly seeds: ReadonlyArray<number>
  readonly sentiment: TaskDesign
  /** Worlds of the larger policy and of the other tasks. */
  readonly fewerWorlds: ReadonlyArray<number>
  /** A larger policy, on `sentiment`. */
  readonly medium?: TaskDesign
  readonly others: ReadonlyArray<TaskDesign>
}

/** β of IPO: with the paper's 0.1 online takes about three times the steps to 3 nats. */
export const beta = 0.05
export const paperBeta = 0.1

/**
 * Steps of arms that get to the same KLs later or sooner than others, as a multiple of theirs.
 * Best-of-2 has no margin to stop at: within as many steps online is beyond 10 nats.
 */
export const stepsOf = { paperBeta: 2, bestOf2: 0.5 }

/** Pairs a step, as in the paper (section 4). */
export const batchSize = 32
/** Steps between two updates of the policy that is drawn from, in semi-online training. */
export const period = 30
/** Windows of figure 13, in steps. */
export const windows = [4, 30] as const
/** Checkpoints that a run keeps; evaluation chooses among them. */
export const checkpoints = 16
/** Responses to test prompts that each chosen checkpoint is evaluated on, and of SFT to each. */
export const evaluated = { prompts: 1024, answers: 16, pairs: 128 }
/** Of the oracle frontier: prompts, and responses of SFT to each. */
export const oracleSize = { prompts: 128, responses: 512 }

const sentiment: TaskDesign = {
  task: "sentiment",
  size: "small",
  sft: { steps: 3000, learningRate: 3e-3 },
  // VADER ties 58 % of the pairs, so all six pairs of four responses are labelled.
  data: { prompts: 17_000, perPrompt: 4, pairing: "all" },
  proxySteps: 1500,
  goldPerPrompt: 4,
  goldenSteps: 400,
  // In a trial, in a world that is not among those of the study, arms pass 4 nats within 150 to 330
  // steps at the lower rate and 15 to 60 at the higher one.
  rates: [
    { learningRate: 3e-4, steps: 400 },
    { learningRate: 1e-3, steps: 150 },
  ],
}

/** Of tasks whose gold is a model, which ties hardly any pair. */
const other = (task: TaskName): TaskDesign => ({
  ...sentiment,
  task,
  sft: { steps: 1200, learningRate: 3e-3 },
  data: { prompts: 19_000, perPrompt: 4, pairing: "disjoint" },
  proxySteps: 800,
  goldPerPrompt: 2,
  goldenSteps: 150,
  rates: [{ learningRate: 5e-4, steps: 300 }],
})

const medium: TaskDesign = {
  ...sentiment,
  size: "medium",
  sft: { steps: 800, learningRate: 2e-3 },
  data: { ...sentiment.data, prompts: 6000 },
  proxySteps: 600,
  goldenSteps: 100,
  rates: [{ learningRate: 3e-4, steps: 150 }],
}

export const fullDesign: Design = {
  worlds: [1, 2, 3, 4],
  seeds: [1, 2],
  sentiment,
  fewerWorlds: [1, 2],
  medium,
  others: [other("tldr"), other("define")],
}

/** Two worlds of `sentiment`, which all primary claims are about, drawn again. */
export const againDesign: Design = { worlds: [11, 12], seeds: [1, 2], sentiment, fewerWorlds: [], others: [] }

/** A task with a fraction of its steps and prompts. */
const quickly = (design: TaskDesign): TaskDesign => ({
  ...design,
  sft: { ...design.sft, steps: 300 },
  data: { ...design.data, prompts: 2000 },
  proxySteps: 100,
  goldenSteps: 40,
  rates: design.rates.map(({ learningRate }) => ({ learningRate, steps: 80 })),
})

/** Everything once, in minutes: that it runs, and not what comes out, is the point. */
export const quickDesign: Design = {
  worlds: [1, 2],
  seeds: [1],
  fewerWorlds: [1],
  sentiment: quickly(sentiment),
  medium: quickly(medium),
  others: [quickly(other("tldr"))],
}
