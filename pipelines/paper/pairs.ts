/** Data sets that an offline arm can have in place of D_golden: pairs of two policies along an online run, labelled by gold. */

import { label, policyAt, sample } from "assay/stages"
import { online } from "./arms.ts"
import type { SetUp } from "./set-up.ts"
import type { At } from "./study.ts"

/** A policy to draw responses from: SFT, or the online arm of the point, early or at its end. */
export type Side = "sft" | "early" | "final"

const samplesOf = (common: SetUp, at: At, side: Side) => {
  const { study, task, samples } = common
  if (side === "sft") return samples
  const run = online(common, at).checkpoints
  const policy = policyAt({ run, step: side === "final" ? "last" : study.early })
  const { prompts: limit, perPrompt } = study.data
  return sample({ policy, prompts: task.prompts, limit, perPrompt, maxNewTokens: task.maxNewTokens, seed: seedOf[side] })
}

/** Other than those of the set-up, so that no two policies are given the same random numbers. */
const seedOf = { early: 21, final: 22 }

/** Pairs of one policy's responses, chosen as those of D_golden are; or of each response of one with the like of the other. */
export const pairsOf = (common: SetUp, at: At, first: Side, second: Side = first) => {
  const { study, task, pairs } = common
  if (first === "sft" && second === "sft") return pairs
  const responses = samplesOf(common, at, first)
  if (first === second) return label({ responses, judge: task.gold, pairing: study.data.pairing })
  return label({ responses, opponents: samplesOf(common, at, second), judge: task.gold, pairing: "disjoint" })
}
