/** What a model answers where it finds the first response better, the second, or neither. */
export interface Choices {
  readonly first: string
  readonly second: string
  /** Null where it must choose. */
  readonly tie: string | null
}

/**
 * The probability that the first response is better, by an answer that names one of the choices: 1,
 * 0, or ½ for a tie. Null where it names none, or several, since either may be its last word.
 */
export const findChoice = (answer: string, choices: Choices): number | null => {
  const values = valuesOf(choices)
  // The longest first: "A" is not what an answer "A or B" means.
  const words = [...values.keys()].sort((a, b) => b.length - a.length)
  const named = new Set([...answer.matchAll(new RegExp(words.map(wordPattern).join("|"), "gu"))].map(([word]) => word))
  const [only] = named
  return named.size === 1 && only !== undefined ? (values.get(only) ?? null) : null
}

/**
 * The same by what the first token of an answer could have been: the share of the choices' mass.
 * Null where no choice is among them.
 */
export const weighChoices = (tokens: ReadonlyArray<readonly [token: string, logProbability: number]>, choices: Choices): number | null => {
  const values = valuesOf(choices)
  let [mass, first] = [0, 0]
  for (const [token, logProbability] of tokens) {
    const value = values.get(token.trim())
    if (value === undefined) continue
    mass += Math.exp(logProbability)
    first += value * Math.exp(logProbability)
  }
  return mass > 0 ? first / mass : null
}

const valuesOf = ({ first, second, tie }: Choices): ReadonlyMap<string, number> =>
  new Map([[first, 1], [second, 0], ...(tie === null ? [] : [[tie, 0.5] as const])])

/** The word by itself: not a letter of another. */
const wordPattern = (word: string): string => {
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
  const before = /^[\p{L}\p{N}]/u.test(word) ? String.raw`(?<![\p{L}\p{N}])` : ""
  const after = /[\p{L}\p{N}]$/u.test(word) ? String.raw`(?![\p{L}\p{N}])` : ""
  return before + escaped + after
}
