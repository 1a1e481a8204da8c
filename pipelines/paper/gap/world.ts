/** A world: everything that runs share, drawn again in each. Seeds of training are nested in it. */

import { named } from "assay"
import {
  agreement,
  bradleyTerryProxy,
  corpus,
  ensemble,
  ensembleWeights,
  goldenPolicy,
  ipo,
  label,
  policyAt,
  preferenceModel,
  relabel,
  sample,
  sft,
  splitByPrompt,
} from "assay/stages"
import { batchSize, beta, evaluated, oracleSize, type TaskDesign } from "./design.ts"

export type World = ReturnType<typeof drawWorld>

/** What a seed of a world is for. */
const purposes = { sft: 1, samples: 2, words: 3, model: 4, weights: 5, unseen: 6, answers: 7, golden: 8, evaluation: 9, oracle: 10 }

/** Draws SFT, D_golden, proxy, golden policy and the answers of SFT that arms are compared with. */
export const drawWorld = (design: TaskDesign, world: number) => {
  const { task: name, size } = design
  const task = corpus({ task: name })
  const nameOf = (part: string) => `${name}.${size}.world ${world}.${part}`
  const seedOf = (purpose: keyof typeof purposes) => 100 * world + purposes[purpose]
  const { kind, vocabulary, context } = task.tokenization
  const prompting = { prompts: task.prompts, maxNewTokens: task.maxNewTokens }
  const reference = named(
    nameOf("reference"),
    sft({ corpus: task.text, kind, vocabulary, context, size, ...design.sft, seed: seedOf("sft") }),
  )
  const { prompts: limit, perPrompt, pairing } = design.data
  const samples = named(nameOf("samples"), sample({ policy: reference, ...prompting, limit, perPrompt, seed: seedOf("samples") }))
  /** D_golden: both responses from SFT, labelled by gold. */
  const pairs = named(nameOf("pairs"), label({ responses: samples, judge: task.gold, pairing }))

  const { rest, heldOut: forWeights } = splitByPrompt({ preferences: pairs, fraction: 0.1, seed: seedOf("weights") })
  const members = {
    words: bradleyTerryProxy({ preferences: rest, seed: seedOf("words") }),
    model: preferenceModel({ preferences: rest, base: reference, steps: design.proxySteps, batchSize, seed: seedOf("model") }),
  }
  const weights = ensembleWeights({ members, preferences: forWeights, seed: seedOf("weights") })
  const proxy = named(nameOf("proxy"), ensemble({ members, weights }))

  const unseen = sample({ policy: reference, ...prompting, split: "test", perPrompt: 4, seed: seedOf("unseen") })
  /** Golden pairs of test prompts, which no arm and no proxy has learned from. */
  const heldOut = named(nameOf("held-out"), label({ responses: unseen, judge: task.gold }))
  const goldenRun = goldenPolicy({
    reference,
    ...prompting,
    judge: task.gold,
    loss: ipo({ beta }),
    steps: design.goldenSteps,
    learningRate: 3e-4,
    perPrompt: design.goldPerPrompt,
    batchSize,
    checkpoints: 2,
    seed: seedOf("golden"),
  })
  const atTest = { policy: reference, ...prompting, split: "test" } as const
  return {
    design,
    task,
    prompting,
    reference,
    samples,
    /** The same pairs, labelled by gold and by the proxy. */
    pairs: { gold: pairs, proxy: named(nameOf("pairs by the proxy"), relabel({ preferences: pairs, judge: proxy })) },
    proxy,
    proxyAccuracy: agreement({ judge: proxy, preferences: heldOut, baseline: pairs }),
    heldOut,
    golden: named(nameOf("golden"), policyAt({ run: goldenRun.checkpoints, step: "last" })),
    answers: named(
      nameOf("answers"),
      sample({ ...atTest, limit: evaluated.prompts, perPrompt: evaluated.answers, seed: seedOf("answers") }),
    ),
    /** Many responses to few prompts: what the best policy at a KL could win. */
    pool: named(nameOf("pool"), sample({ ...atTest, limit: oracleSize.prompts, perPrompt: oracleSize.responses, seed: seedOf("oracle") })),
    evaluationSeed: seedOf("evaluation"),
    /** Seeds of arms: no two worlds have one in common. */
    trainingSeed: (seed: number) => 100 * world + 50 + seed,
  }
}
