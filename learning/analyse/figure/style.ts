import { characterWidth } from "./render.ts"

/** How one arm is drawn. */
export interface ArmStyle {
  readonly color: string
  readonly shape: string
  /** Lengths of dashes and gaps in pixels; empty is a solid line. */
  readonly dash: ReadonlyArray<number>
}

/**
 * The style of the arm at a position. Neighbours differ in hue, in lightness (so also in grey
 * print), in shape and in dashes; combinations repeat only after 42 arms.
 */
export const armStyle = (position: number): ArmStyle => ({
  color: colors[position % colors.length] as string,
  shape: shapes[position % shapes.length] as string,
  dash: dashes[position % dashes.length] as ReadonlyArray<number>,
})

/** Dark and light in turn: lightness L* 23, 57, 34, 68, 15, 48, 70. */
const colors = ["#1b2f7d", "#e0651a", "#7a2f8f", "#57b894", "#262626", "#b0556b", "#c2ab45"]
const shapes = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"]
const dashes = [[], [7, 3], [2, 2], [8, 2, 2, 2], [4, 4], [12, 3], [8, 2, 2, 2, 2, 2]]

/** Pixels. */
const titleSize = 13
const subtitleSize = 10.5

/** Font size of tick labels, in pixels. */
export const labelSize = 10

/** What all figures have in common. */
export const figureConfig = {
  font: "Helvetica, Arial, sans-serif",
  view: { stroke: null },
  title: { fontSize: titleSize, subtitleFontSize: subtitleSize, subtitleColor: "#444", subtitlePadding: 5, subtitleLineHeight: 14 },
  axis: {
    gridColor: "#e4e4e4",
    domainColor: "#444",
    tickColor: "#444",
    labelFontSize: labelSize,
    titleFontSize: 11,
    titleFontWeight: "normal" as const,
  },
}

/** A title with its caption below, both wrapped to a figure of this width in pixels. */
export const titleOf = (title: string, caption: string, width: number) => ({
  text: wrap(title, Math.floor(width / (characterWidth * titleSize))),
  subtitle: wrap(caption, Math.floor(width / (characterWidth * subtitleSize))),
  anchor: "start" as const,
  frame: "group" as const,
  offset: 12,
})

/** Breaks a text between words into lines of at most so many characters. */
const wrap = (text: string, characters: number): Array<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1]
    if (line === undefined || line.length + 1 + word.length > characters) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
