/**
 * What all figures of a study share: reference, D_golden, proxy, golden policy. Equal declarations
 * are one stage, so each is computed once.
 */

import { type Artifact, named } from "assay"
import {
  agreement,
  type Checkpoints,
  corpus,
  evaluate,
  type GoldJudge,
  goldenPolicy,
  ipo,
  label,
  type Policy,
  type PolicySize,
  type Preferences,
  type ProxyJudge,
  policyAt,
  preferenceModel,
  sample,
  sft,
  type TaskName,
} from "assay/stages"
import { type At, batchSize, type Study, scaled } from "./study.ts"

/** Seeds of what there is one of. Those of the arms are the study's. */
const seeds = { sft: 1, samples: 2, proxy: 3, unseen: 4, golden: 5, evaluation: 6 }

/**
 * Seeds of responses that are drawn from an online run's policies: none is a seed above, so that no
 * two policies get the same random numbers.
 */
export const sampleSeeds = { early: 21, final: 22 }

export type SetUp = ReturnType<typeof setUp>

/**
 * What larger policies share with the smallest one: its proxy, the golden policy as opponent, and
 * the held-out pairs.
 */
export interface Shared {
  readonly proxy: Artifact<typeof ProxyJudge>
  readonly golden: Artifact<typeof Policy>
  readonly heldOut: Artifact<typeof Preferences>
}

export const setUp = (study: Study, smallest?: Shared) => {
  const task = corpus({ task: study.task })
  /** Shared stages go by the names of their study, whichever figure is run. */
  const nameOf = (name: string) => `${study.task}.${study.size}.${name}`
  // VADER alone has a second scorer that no model is trained on.
  const independent: Artifact<typeof GoldJudge> | undefined = "independent" in task ? task.independent : undefined
  const { kind, vocabulary, context } = task.tokenization
  const { maxNewTokens } = task
  const reference = named(
    nameOf("reference"),
    sft({ corpus: task.text, kind, vocabulary, context, size: study.size, ...study.sft, seed: seeds.sft }),
  )
  const { prompts: limit, perPrompt, pairing } = study.data
  const samples = named(
    nameOf("samples"),
    sample({ policy: reference, prompts: task.prompts, limit, perPrompt, maxNewTokens, seed: seeds.samples }),
  )
  /** D_golden: both responses from SFT, labelled by gold. */
  const pairs = named(nameOf("pairs"), label({ responses: samples, judge: task.gold, pairing }))
  const unseen = named(
    nameOf("unseen"),
    sample({ policy: reference, prompts: task.prompts, split: "test", perPrompt: 4, maxNewTokens, seed: seeds.unseen }),
  )
  /** Golden pairs of test prompts, which no arm and no proxy is trained on. */
  const heldOut = smallest?.heldOut ?? named(nameOf("held-out"), label({ responses: unseen, judge: task.gold }))
  const proxy = smallest?.proxy ?? named(nameOf("proxy"), proxyOf(study, reference, pairs))
  const goldenRun = named(
    nameOf("golden-run"),
    goldenPolicy({
      reference,
      prompts: task.prompts,
      judge: task.gold,
      loss: ipo({ beta: study.beta }),
      ...study.golden,
      checkpoints: study.checkpoints,
      batchSize,
      maxNewTokens,
      seed: seeds.golden,
    }),
  )
  return {
    study,
    task,
    /** What every draw of responses has: the prompts, and the most tokens of a response. */
    prompting: { prompts: task.prompts, maxNewTokens },
    independent,
    reference,
    samples,
    pairs,
    heldOut,
    proxy,
    /** How often the proxy orders held-out pairs as gold does, beside a bag of words. */
    proxyAccuracy: named(nameOf("proxy-accuracy"), agreement({ judge: proxy, preferences: heldOut, baseline: pairs }).metrics),
    goldenRun,
    golden: smallest?.golden ?? named(nameOf("golden"), policyAt({ run: goldenRun.checkpoints, step: "last" })),
  }
}

/**
 * The set-ups of a study by size of policy. Larger ones have a reference and a D_golden of their
 * own; proxy, opponent and held-out pairs are those of `own`.
 */
export const setUpsBySize = (own: SetUp): ReadonlyMap<PolicySize, SetUp> => {
  const { study } = own
  const setUpOf = (scaledStudy: Study) => (scaledStudy.size === study.size ? { ...own, study: scaledStudy } : setUp(scaledStudy, own))
  return new Map(study.scales.map((scale) => [scale.size, setUpOf(scaled(study, scale))]))
}

/**
 * The proxy: a preference model as large as the policy, initialised from SFT and trained on
 * labelled pairs alone.
 */
export const proxyOf = (study: Study, base: Artifact<typeof Policy>, preferences: Artifact<typeof Preferences>) =>
  preferenceModel({ preferences, base, ...study.proxy, batchSize, seed: seeds.proxy })

/**
 * What all arms at a point of the grid are trained with, offline and online: they have the same
 * reference, loss, steps, pairs a step, learning rate and seed, and differ in where their pairs
 * come from.
 */
export const trainingAt = ({ study, reference }: SetUp, { beta, learningRate, seed, loss = ipo({ beta }) }: At) => ({
  reference,
  loss,
  steps: study.stepsAt(learningRate),
  learningRate,
  batchSize,
  seed,
  checkpoints: study.checkpoints,
})

/** A trained arm: what `optimize`, `optimizeOnline` and `goldenPolicy` all yield. */
interface Trained {
  readonly checkpoints: Artifact<typeof Checkpoints>
}

/**
 * Evaluates arms as every figure does: against SFT and against the golden policy, on the same
 * prompts with the same random numbers; as classifiers of held-out golden pairs, and of the pairs
 * of an online arm's stream where the figure asks for it.
 */
export const evaluateArms = (
  { study, task, reference, golden, heldOut, independent, prompting }: SetUp,
  arms: Readonly<Record<string, Trained>>,
  stream?: Artifact<typeof Preferences>,
) => {
  const options = {
    reference,
    prompts: task.prompts,
    opponent: { sft: reference, golden },
    judge: task.gold,
    ...(independent === undefined ? {} : { independent }),
    preferences: { golden: heldOut, ...(stream === undefined ? {} : { stream }) },
    text: task.text,
    count: study.evaluated,
    maxNewTokens: prompting.maxNewTokens,
    seed: seeds.evaluation,
  }
  return Object.fromEntries(Object.entries(arms).map(([name, { checkpoints }]) => [name, evaluate({ run: checkpoints, ...options })]))
}

/**
 * What every caption says about a study: whose judgement gold is, and that the opponent was trained
 * on it.
 */
export const captionOf = ({ study }: Pick<SetUp, "study">): string => `Policy: ${study.size}. ${judgementOf({ study })}`

/** The same of figures in which policies differ in size. */
export const judgementOf = ({ study: { task, beta, golden } }: Pick<SetUp, "study">): string =>
  `${gold[task]} The golden policy had ${golden.steps} steps of online IPO at β = ${beta} on gold itself.`

const machineMade = "learned from comparisons that a machine made: what people wrote against what was exchanged, shuffled or cut"

const gold: Readonly<Record<TaskName, string>> = {
  sentiment: "Gold is VADER, a lexicon rated by people.",
  tldr: `Gold is a frozen model ${machineMade}.`,
  define: `Gold is a frozen model ${machineMade}.`,
  ham: "Gold is a frozen logistic model of people's labels of ham and spam.",
}
