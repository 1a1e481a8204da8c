/** Words of responses: what they repeat and what they make up. */

const word = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu

/** The words of a text, in lower case. */
export const wordsOf = (text: string): ReadonlyArray<string> => Array.from(text.toLowerCase().matchAll(word), ([found]) => found)

/**
 * The words that a response adds to its prompt. Where it goes on without a space, the word that they share counts as the response's: it
 * is the response that made it what it is.
 */
export const responseWords = (prompt: string, response: string): ReadonlyArray<string> => {
  const before = prompt.toLowerCase().length
  return Array.from((prompt + response).toLowerCase().matchAll(word)).flatMap((match) =>
    match.index + match[0].length > before ? [match[0]] : [],
  )
}

/** Different n-grams per n-gram, over all texts; null if none has as many as n words (Li et al. 2016, distinct-n). */
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

/** The `count` words that are in most texts, among those wanted; of equals, the first in the alphabet. */
export const commonest = (
  texts: ReadonlyArray<ReadonlyArray<string>>,
  count: number,
  wanted: (word: string) => boolean,
): ReadonlySet<string> => {
  const textsWith = new Map<string, number>()
  for (const words of texts) for (const each of new Set(words)) textsWith.set(each, (textsWith.get(each) ?? 0) + 1)
  const ranked = [...textsWith].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
  const taken = new Set<string>()
  for (const [each] of ranked) {
    if (taken.size === count) break
    if (wanted(each)) taken.add(each)
  }
  return taken
}

/** A text without these words. */
export const without = (text: string, words: ReadonlySet<string>): string =>
  text.replace(word, (found) => (words.has(found.toLowerCase()) ? "" : found))
