/** Leaves room for what is put in front of a line. */
const width = 76

/**
 * A text in lines of at most 76 columns, where its words are no longer; all but the first go on
 * after `indent`.
 */
export const wrap = (text: string, indent: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && [...last, " ", ...word].length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `${indent}${word}`)
  }
  return lines
}
