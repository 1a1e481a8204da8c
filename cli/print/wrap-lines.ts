import { onOneLine } from "../../runtime/observe/printable.ts"

/**
 * A text in lines of at most `width` characters: its own lines, broken between words, or within
 * those that are longer than a line.
 */
export const wrapLines = (text: string, width: number): ReadonlyArray<string> =>
  text.split("\n").flatMap((line) => broken(onOneLine(line), width))

const broken = (line: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let rest = [...line]
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width)
    const end = space > 0 ? space : width
    lines.push(rest.slice(0, end).join(""))
    rest = rest.slice(space > 0 ? end + 1 : end)
  }
  return [...lines, rest.join("")]
}
