import type { Row } from "assay"
import { match } from "ts-pattern"
import type { preferences } from "../../data/schema/index.ts"
import { uniforms } from "../../engine/random/philox.ts"
import type { Judge, Verdict } from "../judge/judge.ts"
import { encodeSets } from "../judge/labels.ts"
import { sigmoid } from "../judge/verdict.ts"
import type { Noise, Ties } from "./noise.ts"

export interface Annotation {
  readonly noise: Noise
  readonly ties: Ties
  readonly seed: number
}

/** What an annotator says of two responses: which is chosen, or that they tie. */
interface Choice {
  readonly chosen: "first" | "second"
  readonly tie: boolean
}

/**
 * What the judge says, and nothing else. A tie has its responses in the order that they came in.
 */
export const followVerdict = ({ outcome }: Verdict): Choice => ({ chosen: outcome === 0 ? "second" : "first", tie: outcome === 0.5 })

/** What names the random numbers of a pair: never its place in a table, which may grow. */
export interface PairName {
  /** An integer in [0, 2³²): the id of its prompt, or its own. */
  readonly index: number
  /** Which responses to the prompt it is of, where `index` is the prompt's. */
  readonly samples?: readonly [number, number]
}

/** What an annotator makes of a verdict; undefined where the pair is dropped. */
export const choiceOf = (verdict: Verdict, { index, samples }: PairName, { noise, ties, seed }: Annotation): Choice | undefined => {
  const of = samples === undefined ? "" : ` ${samples.join(" ")}`
  const chance = (purpose: string, probability: number): boolean =>
    (uniforms(seed, purpose + of, index, new Float32Array(1))[0] as number) < probability
  const chosen = (first: boolean): Choice => ({ chosen: first ? "first" : "second", tie: false })
  if (verdict.outcome === 0.5) {
    return match(ties)
      .with("mark", () => followVerdict(verdict))
      .with("drop", () => undefined)
      .with("random", () => chosen(chance("tie", 0.5)))
      .exhaustive()
  }
  const first = verdict.outcome === 1
  return match(noise)
    .with({ _tag: "none" }, () => followVerdict(verdict))
    .with({ _tag: "flip" }, ({ probability }) => chosen(chance("flip", probability) ? !first : first))
    .with({ _tag: "draw" }, ({ temperature }) => chosen(chance("draw", sigmoid(logOdds(verdict) / temperature))))
    .exhaustive()
}

/**
 * That the first is better, by the difference of scores or else by the probability; infinite where
 * the judge is certain.
 */
const logOdds = ({ scores, probability, outcome }: Verdict): number => {
  if (scores !== null) return scores[0] - scores[1]
  const certain = probability ?? outcome
  return Math.log(certain) - Math.log(1 - certain)
}

/** One of the two responses, as a label names it. */
export interface Side {
  readonly response: string
  readonly token_ids: Int32Array
  /** Under the policy that drew it, nats; null where that is not known. */
  readonly logp_policy: number | null
}

type Labelled = Omit<Row<typeof preferences>, "pair_id" | "prompt" | "policy_key" | "step" | "position">

/**
 * The columns of a label. Scores and `p_chosen` are the judge's own of the response that was chosen
 * and of the other: where noise has chosen the worse one, `score_chosen` is the lower.
 */
export const toLabel = (sides: readonly [Side, Side], verdict: Verdict, { chosen, tie }: Choice, judge: Judge): Labelled => {
  const { probability, scores } = verdict
  const [winner, loser] = chosen === "first" ? sides : [sides[1], sides[0]]
  const [score_chosen, score_rejected] = scores === null ? [null, null] : chosen === "first" ? scores : [scores[1], scores[0]]
  return {
    chosen: winner.response,
    rejected: loser.response,
    chosen_token_ids: winner.token_ids,
    rejected_token_ids: loser.token_ids,
    score_chosen,
    score_rejected,
    p_chosen: probability === null || chosen === "first" ? probability : 1 - probability,
    annotators: null,
    logp_chosen: winner.logp_policy,
    logp_rejected: loser.logp_policy,
    tie,
    source: judge.source,
    judge_key: judge.key,
    judge_labels: judge.source === "gold" ? null : encodeSets(judge.labels),
  }
}
