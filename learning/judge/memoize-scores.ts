/**
 * Texts of which the score is remembered: enough for the batches that stages judge at a time, and
 * some megabytes at most.
 */
const maxScores = 50_000

/**
 * The same scores, each computed once while it is remembered: a response is in several pairs, and
 * opponents answer every checkpoint with the same texts.
 */
export const memoizeScores = (score: (prompt: string, response: string) => number): typeof score => {
  const known = new Map<string, number>()
  return (prompt, response) => {
    const key = `${prompt.length} ${prompt}${response}`
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size === maxScores) known.clear()
    const value = score(prompt, response)
    known.set(key, value)
    return value
  }
}
