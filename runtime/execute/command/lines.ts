/** Characters of a line; what is longer is several lines. */
const longest = 100_000

/**
 * Makes lines of text that comes in pieces. Of a line that a carriage return has overwritten, as
 * progress bars do, the last state counts.
 */
export const lineReader = (onLine: (line: string) => void) => {
  let partial = ""
  const say = (line: string): void => {
    const shown = line.replace(/\r+$/, "")
    onLine(shown.slice(shown.lastIndexOf("\r") + 1))
  }
  return {
    add: (piece: string): void => {
      const lines = (partial + piece).split("\n")
      partial = lines.pop() ?? ""
      for (const line of lines) say(line)
      while (partial.length > longest) {
        const overwritten = partial.lastIndexOf("\r", partial.length - 2)
        if (overwritten >= 0) partial = partial.slice(overwritten + 1)
        else {
          say(partial.slice(0, longest))
          partial = partial.slice(longest)
        }
      }
    },
    /** Nothing more comes. */
    end: (): void => {
      if (partial !== "") say(partial)
      partial = ""
    },
  }
}
