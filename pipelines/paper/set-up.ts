/** What all figures of a study share: reference, D_golden, proxy, golden policy. Equal declarations are one stage, so each is computed once. */

import { type Artifact, named } from "assay"
import {
  agreement,
  corpus,
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
import { batchSize, type Study, scaled } from "./study.ts"

/** Seeds of what there is one of. Those of the arms are the study's. */
const seeds = { sft: 1, samples: 2, proxy: 3, unseen: 4, golden: 5 }

export type SetUp = ReturnType<typeof setUp>

/** What a larger policy is trained and measured with: the judges, the opponent and the held-out pairs of the smallest. */
export interface Lent {
  readonly proxy: Artifact<typeof ProxyJudge>
  readonly golden: Artifact<typeof Policy>
  readonly heldOut: Artifact<typeof Preferences>
}

export const setUp = (study: Study, lent?: Lent) => {
  const task = corpus({ task: study.task })
  /** Shared stages go by the names of their study, whichever figure is run. */
  const shared = <A extends Parameters<typeof named>[1]>(name: string, value: A): A => named(`${study.task}.${study.size}.${name}`, value)
  // VADER alone has a second scorer that nobody is trained on.
  const independent: Artifact<typeof GoldJudge> | undefined = "independent" in task ? task.independent : undefined
  const { kind, vocabulary, context } = task.tokenization
  const { maxNewTokens } = task
  const reference = shared(
    "reference",
    sft({ corpus: task.text, kind, vocabulary, context, size: study.size, ...study.sft, seed: seeds.sft }),
  )
  const { prompts: limit, perPrompt, pairing } = study.data
  const samples = shared(
    "samples",
    sample({ policy: reference, prompts: task.prompts, limit, perPrompt, maxNewTokens, seed: seeds.samples }),
  )
  /** D_golden: both responses from SFT, labelled by gold. */
  const pairs = shared("pairs", label({ responses: samples, judge: task.gold, pairing }))
  const unseen = shared(
    "unseen",
    sample({ policy: reference, prompts: task.prompts, split: "test", perPrompt: 4, maxNewTokens, seed: seeds.unseen }),
  )
  /** Golden pairs of test prompts, which no arm and no proxy is trained on. */
  const heldOut = lent?.heldOut ?? shared("held-out", label({ responses: unseen, judge: task.gold }))
  const proxy = lent?.proxy ?? shared("proxy", proxyOf(study, reference, pairs))
  const goldenRun = shared(
    "golden-run",
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
    independent,
    reference,
    samples,
    pairs,
    heldOut,
    proxy,
    /** How often the proxy orders held-out pairs as gold does, beside a bag of words. */
    proxyAccuracy: shared("proxy-accuracy", agreement({ judge: proxy, preferences: heldOut, baseline: pairs })),
    goldenRun,
    golden: lent?.golden ?? shared("golden", policyAt({ run: goldenRun.checkpoints, step: "last" })),
  }
}

/** The set-ups of a study by size of policy: larger ones have a reference and a D_golden of their own, and are lent what they are judged by. */
export const setUpsBySize = (own: SetUp): ReadonlyMap<PolicySize, SetUp> => {
  const { study } = own
  const ofSize = (less: Study) => (less.size === study.size ? { ...own, study: less } : setUp(less, own))
  return new Map(study.scales.map((scale) => [scale.size, ofSize(scaled(study, scale))]))
}

/** The proxy: as large as the policy, begun from SFT, trained on labelled pairs alone. */
export const proxyOf = (study: Study, base: Artifact<typeof Policy>, preferences: Artifact<typeof Preferences>) =>
  preferenceModel({ preferences, base, ...study.proxy, batchSize, seed: seeds.proxy })

/** What every caption says about a study: whose judgement gold is, and that the opponent was trained on it. */
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
