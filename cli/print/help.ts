import { stripVTControlCharacters } from "node:util"
import { CliOutput, type HelpDoc } from "effect/cli"
import { screenWidth } from "./screen.ts"

/**
 * Formats help for the width of the screen. The help of a verb leaves out the flags that all verbs
 * share.
 */
export const helpFormatter: CliOutput.Formatter = {
  ...CliOutput.defaultFormatter(),
  formatHelpDoc: (help) =>
    wrapHelp(CliOutput.defaultFormatter({ globalFlags: "summary" }).formatHelpDoc(withShortFlags(help)), screenWidth()),
}

/** Six names of shells in the type of a flag would leave no room for what it does. */
const withShortFlags = ({ globalFlags = [], ...help }: HelpDoc.HelpDoc): HelpDoc.HelpDoc => ({
  ...help,
  globalFlags: globalFlags.map((flag) => (flag.name === "completions" ? { ...flag, type: "shell" } : flag)),
})

/** Wraps lines that are too long, so that a description goes on in its own column. */
const wrapHelp = (text: string, width: number): string =>
  text
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .join("\n")

const wrapLine = (line: string, width: number): ReadonlyArray<string> => {
  if (visibleLength(line) <= width) return [line]
  // A line is indented, and may have a first column that two spaces or more set apart.
  const indent = /^ +(?:\S.*? {2,})?/.exec(stripVTControlCharacters(line))?.[0].length ?? 0
  const [first = "", ...words] = line.split(" ")
  const lines: Array<string> = []
  let current = first
  for (const word of words) {
    const isPastIndent = visibleLength(current) > indent
    if (isPastIndent && visibleLength(`${current} ${word}`) > width) {
      lines.push(current)
      current = " ".repeat(indent) + word
    } else current = `${current} ${word}`
  }
  return [...lines, current]
}

/** Without the escape sequences of colours. */
const visibleLength = (text: string): number => stripVTControlCharacters(text).length
