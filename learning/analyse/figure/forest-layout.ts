import type { ClaimOf } from "../read-claims.ts"
import { characterWidth } from "./render.ts"
import { labelSize } from "./style.ts"

/** Widths of columns, in pixels. */
export const forestSize = { claim: 250, plot: 250, effect: 138, p: 66, verdict: 112 }
export const claimFontSize = 10.5
const lineHeight = 13
const rowPadding = 11
const headingHeight = 22

/** A line of text, y in pixels from the top. */
export interface ForestText {
  readonly y: number
  readonly color?: string
  readonly text: string
}

/** A claim with the bounds of its row and their middle, pixels from the top. */
export interface ForestRow {
  readonly row: ClaimOf
  readonly top: number
  readonly y: number
  readonly bottom: number
}

export interface ForestLayout {
  readonly rows: ReadonlyArray<ForestRow>
  /** Claims, one text per line. */
  readonly claims: ReadonlyArray<ForestText>
  /** Why nothing was estimated, one text per line. */
  readonly reasons: ReadonlyArray<ForestText>
  /** Names of tables, where there are several. */
  readonly headings: ReadonlyArray<ForestText>
  readonly height: number
}

/**
 * Places claims one below the other, in rows as high as their text, where wanted under a heading
 * per table. `reasonWidth` is the room that reasons have, in pixels.
 */
export const layOutForest = (
  claims: ReadonlyArray<ClaimOf>,
  { hasHeadings, reasonWidth }: { readonly hasHeadings: boolean; readonly reasonWidth: number },
): ForestLayout => {
  const rows: Array<ForestRow> = []
  const claimLines: Array<ForestText> = []
  const reasons: Array<ForestText> = []
  const headings: Array<ForestText> = []
  let reached = 0
  for (const name of new Set(claims.map(({ of }) => of ?? ""))) {
    if (hasHeadings) {
      headings.push({ y: reached + headingHeight / 2 + 2, text: name })
      reached += headingHeight
    }
    for (const row of claims.filter(({ of }) => (of ?? "") === name)) {
      const lines = wrapText(row.claim, forestSize.claim, claimFontSize)
      const reason = row.effect === null && row.reason !== null ? wrapText(row.reason, reasonWidth, labelSize) : []
      const bottom = reached + Math.max(lines.length, reason.length) * lineHeight + rowPadding
      const y = (reached + bottom) / 2
      rows.push({ row, y, top: reached, bottom })
      claimLines.push(...placeLines(lines, y))
      reasons.push(...placeLines(reason, y))
      reached = bottom
    }
  }
  return { rows, claims: claimLines, reasons, headings, height: reached }
}

/** Lines of text, one below the other around a middle. */
const placeLines = (lines: ReadonlyArray<string>, middle: number): ReadonlyArray<ForestText> =>
  lines.map((text, index) => ({ y: middle + (index - (lines.length - 1) / 2) * lineHeight, text }))

/** Breaks a text between words into lines that fit into this width; sizes in pixels. */
const wrapText = (text: string, width: number, fontSize: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length === 0 || longer.length * characterWidth * fontSize > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}
