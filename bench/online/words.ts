import type { ScorerContext, Scoring } from "../../learning/judge/scorer.ts"

const words = new Set(["good", "great", "love", "best", "friend", "nice", "happy"])

/**
 * Counts seven words, as the peer does: judging costs nothing on either side. With `untied`, of
 * responses with as many the longer one is better, so that hardly a pair is a tie.
 */
export const run = ({ parameters }: ScorerContext<{ readonly untied: boolean }, Record<never, never>>): Scoring => ({
  score: (responses) =>
    responses.map(({ response }) => {
      const count = response.split(/\s+/).filter((word) => words.has(word)).length
      return parameters.untied ? count + response.length / 1000 : count
    }),
})
