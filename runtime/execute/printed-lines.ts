import type { Report } from "./task/task.ts"

/** Lines of a stage that its result keeps, and characters of each. */
const mostLines = 100
const mostCharacters = 1000

/** Keeps the last lines that a stage prints, and hands all reports on. */
export const printedLines = (report: (report: Report) => void) => {
  const lines: Array<string> = []
  return {
    report: (each: Report): void => {
      if (each.type === "output") {
        lines.push(each.text.slice(0, mostCharacters))
        if (lines.length > mostLines) lines.shift()
      }
      report(each)
    },
    lines: (): ReadonlyArray<string> => lines,
  }
}
