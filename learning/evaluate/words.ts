/** Words of responses: which they repeat and which they make up. */

const wordPattern = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu

/** The words of a text, in lower case. */
export const wordsOf = (text: string): ReadonlyArray<string> => Array.from(text.toLowerCase().matchAll(wordPattern), ([match]) => match)

/**
 * The words that a response adds to its prompt. Where the response continues the prompt's last
 * word, that word counts as the response's.
 */
export const responseWords = (prompt: string, response: string): ReadonlyArray<string> => {
  const before = prompt.toLowerCase().length
  return Array.from((prompt + response).toLowerCase().matchAll(wordPattern)).flatMap((match) =>
    match.index + match[0].length > before ? [match[0]] : [],
  )
}

/**
 * Distinct n-grams divided by all n-grams, over all texts, in (0, 1]; null if no text has n words
 * (distinct-n of Li et al. 2016).
 */
export const distinct = (texts: ReadonlyArray<ReadonlyArray<string>>, n: number): number | null => {
  const seen = new Set<string>()
  let count = 0
  for (const words of texts) {
    for (let start = 0; start + n <= words.length; start++) {
      seen.add(words.slice(start, start + n).join(" "))
      count += 1
    }
  }
  return count === 0 ? null : seen.size / count
}

/**
 * The `count` words that are in most texts, among those that `isWanted` accepts; equals come in
 * order of the alphabet.
 */
export const commonest = (
  texts: ReadonlyArray<ReadonlyArray<string>>,
  count: number,
  isWanted: (word: string) => boolean,
): ReadonlySet<string> => {
  const textsWith = new Map<string, number>()
  for (const words of texts) for (const word of new Set(words)) textsWith.set(word, (textsWith.get(word) ?? 0) + 1)
  const ranked = [...textsWith].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
  const taken = new Set<string>()
  for (const [word] of ranked) {
    if (taken.size === count) break
    if (isWanted(word)) taken.add(word)
  }
  return taken
}

/** The text with these words deleted. */
export const without = (text: string, words: ReadonlySet<string>): string =>
  text.replace(wordPattern, (match) => (words.has(match.toLowerCase()) ? "" : match))
