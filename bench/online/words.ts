import type { ScorerContext, Scoring } from "../../learning/judge/scorer.ts"

const words = new Set(["good", "great", "love", "best", "friend", "nice", "happy"])

/** Counts seven words, as the peer does: judging costs nothing on either side. */
export const run = (_: ScorerContext<unknown, Record<never, never>>): Scoring => ({
  score: (responses) => responses.map(({ response }) => response.split(/\s+/).filter((word) => words.has(word)).length),
})
