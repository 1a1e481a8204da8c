/** Which of many texts are meant by a few letters. */

/**
 * How well a text fits what was typed, greater is better; null if it does not. Every word must
 * occur, as a part or as letters in order: "onl prox" and "tonprx" both fit "tldr.online.proxy".
 */
export const scoreText = (text: string, typed: string): number | null => {
  const lower = text.toLowerCase()
  let score = 0
  for (const word of typed.toLowerCase().split(/\s+/)) {
    if (word === "") continue
    const part = scorePart(lower, word)
    if (part === null) return null
    score += part
  }
  // Of texts that fit equally well, the one that has less beside.
  return score - lower.length / 1000
}

const scorePart = (text: string, word: string): number | null => {
  const at = text.indexOf(word)
  if (at === 0) return 4
  if (at > 0) return text.includes(`.${word}`) || text.includes(` ${word}`) || text.includes(`=${word}`) ? 3 : 2
  let from = 0
  let gaps = 0
  for (const letter of word) {
    const next = text.indexOf(letter, from)
    if (next === -1) return null
    if (next > from) gaps += 1
    from = next + 1
  }
  return 1 / (1 + gaps)
}

/** The items that fit, best first, in their order where they fit equally well. */
export const rank = <A extends { readonly text: string }>(items: ReadonlyArray<A>, typed: string, most: number): ReadonlyArray<A> => {
  if (typed.trim() === "") return items.slice(0, most)
  return items
    .flatMap((item, index) => {
      const score = scoreText(item.text, typed)
      return score === null ? [] : [{ item, index, score }]
    })
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, most)
    .map(({ item }) => item)
}
