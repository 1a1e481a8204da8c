/** How cells are written on one line, and how wide the columns are that they need. */

import type { Cell, GridColumn } from "../../../serve/api.ts"
import { formatNumber } from "../../text/format.ts"
import { lineOf } from "../json-value.tsx"

/** Integers whole, since they may be numbers of something; others in six significant digits. */
export const cellText = (value: Cell): string => {
  if (typeof value === "number") return Number.isInteger(value) ? String(value).replace("-", "−") : formatNumber(value, 6)
  return typeof value === "string" ? value : lineOf(value)
}

const pixelsPerCharacter = 7.8
const paddingPixels = 22
const [narrowest, widest] = [64, 300]
/** The header has an icon behind its name when the column is sorted. */
const sortCharacters = 3

/** Pixels for a column of which these cells are known. */
export const columnWidth = (name: string, cells: ReadonlyArray<Cell>): number => {
  const longest = cells.reduce((most: number, cell) => Math.max(most, cellText(cell).length), name.length + sortCharacters)
  return Math.round(Math.min(widest, Math.max(narrowest, longest * pixelsPerCharacter + paddingPixels)))
}

/** Whether cells are longer than their column: it may have what is left of the width. */
export const isClipped = (width: number): boolean => width === widest

/** Numbers stand at the right, where their digits are below each other. */
export const alignOf = ({ kind }: Pick<GridColumn, "kind">): "start" | "end" => (kind === "number" ? "end" : "start")
