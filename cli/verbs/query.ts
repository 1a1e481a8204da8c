import { type Wanted, wholeAnswer } from "../../runtime/index.ts"
import type { RowFormat } from "../print/rows.ts"

/** Characters of a cell that are read for a printed table, which has room for fewer. */
export const charactersPerCell = 1000

/** Rows of an answer that are printed. */
export const rowsPerAnswer = 1000

/** Characters of a cell that are shown to people who want long texts whole. */
const charactersPerText = 1_000_000

/** How much of an answer is read: all of it for programs, else what fits a screen. */
export const answerLimits = (format: RowFormat, rows = rowsPerAnswer): Wanted => {
  if (format === "json" || format === "csv") return wholeAnswer
  return { rows, cell: format === "wide" ? charactersPerText : charactersPerCell, beyond: "cut" }
}
