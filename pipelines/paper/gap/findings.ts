/**
 * The sentences of the first page, one for each verdict that a claim may get. What each says was
 * settled before the run.
 */

import type { findings } from "assay/stages"
import { claimTexts } from "./claims.ts"

type Findings = Parameters<typeof findings>[0]["findings"]

const measured = (reason: string) => `${reason} is not measurable: {reason}.`

export const sentences: Findings = [
  {
    claim: claimTexts.gap,
    sentences: {
      supported:
        "On sentiment, online as it is used is ahead of offline by {effect} in win rate against SFT at 3 nats (95 %: {low} to {high}).",
      negligible: "On sentiment, online as it is used is ahead of offline by less than 0.03 at 3 nats ({effect}, {low} to {high}).",
      opposite: "On sentiment, online as it is used is behind offline at 3 nats ({effect}, {low} to {high}).",
      inconclusive: "Whether online as it is used is ahead of offline on sentiment at 3 nats stays open ({effect}, {low} to {high}).",
      "not measurable": measured("The gap at 3 nats"),
    },
  },
  {
    claim: claimTexts.sampling,
    sentences: {
      supported:
        "At equal labels, sampling pairs from the policy itself instead of from SFT is worth {effect} in win rate at 3 nats (95 %: {low} to {high}).",
      negligible: "At equal labels, sampling pairs from the policy itself is worth less than 0.03 at 3 nats ({effect}, {low} to {high}).",
      opposite: "At equal labels, sampling pairs from the policy itself costs win rate at 3 nats ({effect}, {low} to {high}).",
      inconclusive: "What sampling from the policy itself is worth at 3 nats stays open ({effect}, {low} to {high}).",
      "not measurable": measured("What sampling from the policy itself is worth at 3 nats"),
    },
  },
  {
    claim: claimTexts.early,
    sentences: {
      supported: "Near SFT online has no lead to speak of: at 1 nat it differs from offline by {effect} ({low} to {high}), less than 0.03.",
      opposite: "Online is ahead near SFT already: at 1 nat it differs from offline by {effect} ({low} to {high}).",
      inconclusive: "Whether online has a lead at 1 nat stays open ({effect}, {low} to {high}).",
      "not measurable": measured("The gap at 1 nat"),
    },
  },
  {
    claim: claimTexts.window,
    sentences: {
      supported:
        "Being on-policy to within a few steps is enough: the online stream shuffled within 4 steps is as good as in its order, and shuffled whole it is worse.",
      opposite:
        "The picture of windows does not hold: shuffling within 4 steps changes the win rate, or shuffling the whole stream does not.",
      inconclusive: "How far the order of the stream may be disturbed stays open (could find {detectable}).",
      "not measurable": measured("What the order of the stream is worth"),
    },
  },
  {
    claim: claimTexts.data,
    sentences: {
      supported:
        "Offline, pairs that set SFT against an early policy teach more than pairs of the final policy, by {effect} at 2 nats ({low} to {high}): contrast matters, not quality.",
      negligible:
        "Offline, pairs of SFT and an early policy are no better than pairs of the final policy by 0.03 ({effect}, {low} to {high}).",
      opposite: "Offline, pairs of the final policy teach more than pairs of SFT and an early policy ({effect}, {low} to {high}).",
      inconclusive: "Which pairs teach an offline learner more stays open ({effect}, {low} to {high}).",
      "not measurable": measured("Which pairs teach an offline learner more"),
    },
  },
]
