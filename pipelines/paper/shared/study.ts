/** What a study of the paper is: its task, its size, and every number that is not a result. */

import type { Loss, PolicySize, TaskName } from "assay/stages"

/** A point of the grid that a figure spans. */
export interface At {
  readonly beta: number
  readonly learningRate: number
  readonly seed: number
  /** IPO with this β, unless another is given. */
  readonly loss?: Loss
}

interface Scale extends Pick<Study, "size" | "sft" | "headlineRate" | "checkpoints"> {
  readonly steps: number
  readonly prompts: number
}

export interface Study {
  readonly task: TaskName
  readonly size: PolicySize
  readonly sft: { readonly steps: number; readonly learningRate: number }
  /**
   * D_golden: so many prompts, so many samples of the reference to each, and which of their pairs.
   */
  readonly data: { readonly prompts: number; readonly perPrompt: number; readonly pairing: "all" | "disjoint" }
  readonly proxy: { readonly steps: number }
  /**
   * The golden policy. With more than two responses a prompt, a pair can be drawn that gold does
   * not tie.
   */
  readonly golden: { readonly steps: number; readonly perPrompt: number; readonly learningRate: number }
  /**
   * A golden preference model: larger than the policies, and one epoch or so of the comparisons
   * that it is trained on.
   */
  readonly goldenModel: { readonly size: PolicySize; readonly steps: number }
  readonly beta: number
  readonly betas: ReadonlyArray<number>
  readonly rates: ReadonlyArray<number>
  readonly headlineRate: number
  /** At which the shuffled stream and best-of-2 are trained. */
  readonly ablatedRates: ReadonlyArray<number>
  readonly stepsAt: (learningRate: number) => number
  /** Seeds of training: at the headline rate and β of figure 1; and everywhere else. */
  readonly seeds: { readonly headline: ReadonlyArray<number>; readonly elsewhere: ReadonlyArray<number> }
  readonly checkpoints: number
  /**
   * A step at which a run of the headline rate keeps its policy, when it has learned something and
   * not yet much.
   */
  readonly early: number
  /** Of figure 13, in steps. */
  readonly windows: ReadonlyArray<number | "all">
  /**
   * Of semi-online training: steps between two synchronisations; the last is all of a run at the
   * headline rate.
   */
  readonly periods: ReadonlyArray<number>
  /** Sizes of policy that are compared, the study's own first, each with its smaller budget. */
  readonly scales: ReadonlyArray<Scale>
  /** Prompts of the test split that every checkpoint answers. */
  readonly evaluated: number
}

/** Pairs a step, as in the paper (section 4). */
export const batchSize = 32

/**
 * Three rates half a decade apart, because the gap between online and offline depends on the rate:
 * figure 1 has all of them on every task, and on the first so have figures 4 and 9. The paper has
 * one for online (1e-5) and three for offline; policies of a thousandth of its size need larger
 * ones.
 */
const rates = [1e-4, 3e-4, 1e-3]

/**
 * The rate at which arms are compared first: the best of the three for *offline* training on
 * D_golden, by its peak win rate against SFT on `sentiment`, as `figures/learning-rate.ts` found it
 * in 2,000 steps (4,000 at the lowest); frozen before any comparison of methods.
 */
export const headlineRate = 3e-4

/** The same for the few steps in which sizes are compared. */
export const shortRates: Readonly<Record<PolicySize, number>> = { small: 1e-3, medium: 1e-3, large: 1e-3 }

/**
 * A third of the rate needs twice the steps to get as far. So many on the first task that two slow
 * cores finish everything in two and a half hours; the other tasks have fewer, because their texts
 * are longer: 39 tokens in `tldr` against 15 in `sentiment`.
 */
const steps: Readonly<Record<TaskName, number>> = { sentiment: 1200, tldr: 300, define: 300, ham: 300 }

/**
 * D_golden has 30,000 to 60,000 pairs that are not ties: with a sixth of that, offline learners
 * memorise their pairs.
 */
const data: Readonly<Record<TaskName, Study["data"]>> = {
  // VADER ties 58 % of the pairs, so all six pairs of four samples are labelled.
  sentiment: { prompts: 17_000, perPrompt: 4, pairing: "all" },
  tldr: { prompts: 19_000, perPrompt: 4, pairing: "disjoint" },
  define: { prompts: 19_000, perPrompt: 4, pairing: "disjoint" },
  // There are few subject lines; each is continued often.
  ham: { prompts: 1600, perPrompt: 40, pairing: "disjoint" },
}

/** Eight epochs or so; subject lines are memorised after that, and have fewer steps. */
const sftSteps: Readonly<Record<TaskName, number>> = { sentiment: 3000, tldr: 2000, define: 2000, ham: 400 }

const smallSft = (task: TaskName): Study["sft"] => ({ steps: sftSteps[task], learningRate: 3e-3 })

/** The middle one of the policies that are kept, of which there is an even number. */
const early = (steps: number): number => Math.round((steps / 40) * Math.sqrt(40))

/**
 * With fewer steps, prompts and checkpoints where a step costs more: about 5 times as much at
 * 128×4, and 25 times at 256×6.
 */
const scales: Study["scales"] = [
  {
    size: "small",
    sft: smallSft("sentiment"),
    headlineRate: shortRates.small,
    steps: 200,
    prompts: data.sentiment.prompts,
    checkpoints: 6,
  },
  {
    size: "medium",
    sft: { steps: 1200, learningRate: 2e-3 },
    headlineRate: shortRates.medium,
    steps: 200,
    prompts: 6000,
    checkpoints: 6,
  },
  { size: "large", sft: { steps: 500, learningRate: 1e-3 }, headlineRate: shortRates.large, steps: 60, prompts: 2500, checkpoints: 4 },
]

/** The study as it is reported, on a policy of 64×2. */
export const small = (task: TaskName): Study => ({
  task,
  size: "small",
  sft: smallSft(task),
  data: data[task],
  // Two epochs of D_golden are 2,500 steps; the second gains little.
  proxy: { steps: 1500 },
  // The middle one of the three rates: an opponent is chosen for no arm.
  golden: { steps: task === "sentiment" ? 2000 : 600, perPrompt: task === "sentiment" ? 4 : 2, learningRate: 3e-4 },
  goldenModel: { size: "medium", steps: 1500 },
  // The paper's β. Half and twice of it have a usable range of KL, which 0.5 has not.
  beta: 0.1,
  betas: task === "sentiment" ? [0.05, 0.1, 0.2] : [0.1],
  rates,
  headlineRate,
  ablatedRates: task === "sentiment" ? rates : [headlineRate],
  stepsAt: (rate) => (rate < 2e-4 ? 2 : 1) * steps[task],
  // Seeds move the final win rate by up to 0.07: fewer of them decide nothing.
  seeds: { headline: [1, 2, 3, 4, 5], elsewhere: [1, 2, 3] },
  checkpoints: task === "sentiment" ? 10 : 6,
  early: early(steps[task]),
  // The paper's are 1, 4 and 500 batches of 4,000, and all.
  windows: [1, 4, steps[task] / 4, "all"],
  periods: [1, 100, steps[task]],
  scales: task === "sentiment" ? scales : [],
  evaluated: 256,
})

/** The same at another size. */
export const scaled = (study: Study, { steps, prompts, ...less }: Scale): Study => ({
  ...study,
  ...less,
  data: { ...study.data, prompts },
  stepsAt: () => steps,
})

/** The same for ablations, of which there are many arms: at most so many steps. */
export const ablation = (study: Study): Study => ({ ...study, stepsAt: (rate) => Math.min(study.stepsAt(rate), 300), checkpoints: 6 })

/**
 * Everything once, small enough to run in minutes: one task, one seed, a few steps. It shows that
 * all of it runs.
 */
export const quick: Study = {
  ...small("sentiment"),
  sft: { steps: 400, learningRate: 3e-3 },
  data: { prompts: 3000, perPrompt: 4, pairing: "all" },
  proxy: { steps: 200 },
  golden: { steps: 120, perPrompt: 4, learningRate: 1e-3 },
  goldenModel: { size: "small", steps: 200 },
  betas: [0.1],
  rates: [3e-4, 1e-3],
  headlineRate: 1e-3,
  ablatedRates: [3e-4, 1e-3],
  stepsAt: () => 120,
  seeds: { headline: [1], elsewhere: [1] },
  checkpoints: 4,
  early: 19,
  windows: [1, 4, 30, "all"],
  periods: [1, 8, 120],
  scales: [
    { size: "small", sft: { steps: 400, learningRate: 3e-3 }, headlineRate: 1e-3, steps: 40, prompts: 3000, checkpoints: 4 },
    { size: "medium", sft: { steps: 120, learningRate: 2e-3 }, headlineRate: 1e-3, steps: 40, prompts: 1000, checkpoints: 4 },
  ],
  evaluated: 64,
}
