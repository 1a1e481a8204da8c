import type { ScorerContext, Scoring } from "../../learning/judge/scorer.ts"

const words = new Set(["good", "great", "love", "best", "friend", "nice", "happy"])

/**
 * Counts seven words, as the peer does: judging costs nothing on either side. With `untied`, of
 * responses with as many one is better by a checksum, which a policy hardly learns: only equal
 * responses are ties.
 */
export const run = ({ parameters }: ScorerContext<{ readonly untied: boolean }, Record<never, never>>): Scoring => ({
  score: (responses) =>
    responses.map(({ response }) => {
      const count = response.split(/\s+/).filter((word) => words.has(word)).length
      return parameters.untied ? count + checksum(response) / modulus : count
    }),
})

const modulus = 9973

const checksum = (text: string): number => [...text].reduce((sum, letter) => (31 * sum + (letter.codePointAt(0) as number)) % modulus, 0)
