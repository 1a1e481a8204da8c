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
  const scoreByText = new Map<string, number>()
  return (prompt, response) => {
    const key = `${prompt.length} ${prompt}${response}`
    const before = scoreByText.get(key)
    if (before !== undefined) return before
    if (scoreByText.size === maxScores) scoreByText.clear()
    const value = score(prompt, response)
    scoreByText.set(key, value)
    return value
  }
}
