/** Where long texts and long lists of tokens are folded. */

/** Characters that are shown of a text that is folded. */
const foldedLength = 420

/** A fold that would hide less than this is not worth a click. */
const leastHidden = 120

/** The beginning of a long text; null of one that is shown whole. */
export const foldText = (text: string): string | null => {
  if (text.length <= foldedLength + leastHidden) return null
  // Half of a pair would be shown as something that is not in the text.
  const end = /[\ud800-\udbff]/.test(text.charAt(foldedLength - 1)) ? foldedLength - 1 : foldedLength
  return text.slice(0, end)
}

/** How many tokens make up as much; null where all are shown. */
export const foldTokens = (tokens: ReadonlyArray<{ readonly text: string }>): number | null => {
  const total = tokens.reduce((sum, { text }) => sum + text.length, 0)
  if (total <= foldedLength + leastHidden) return null
  let length = 0
  return tokens.findIndex(({ text }) => {
    length += text.length
    return length > foldedLength
  })
}
