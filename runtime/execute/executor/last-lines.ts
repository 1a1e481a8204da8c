/** Characters of a stage's output that are kept for the record of a failure. */
const kept = 16_384

/** Makes lines of what comes in pieces, and remembers the end of it all. */
export const lastLines = () => {
  let partial = ""
  let end = ""
  return {
    /** The lines that this piece completes. */
    add: (piece: string): ReadonlyArray<string> => {
      end = (end + piece).slice(-kept)
      const lines = (partial + piece).split("\n")
      partial = lines.pop() ?? ""
      return lines
    },
    text: (): string => end,
  }
}
