/** How lines and the marks on them are told apart: by colour, by shape and by dashes together. */

export interface LineStyle {
  readonly color: string
  /** A symbol of Vega's. */
  readonly shape: Shape
  /** Lengths of dashes and gaps in pixels; empty is a solid line. */
  readonly dash: ReadonlyArray<number>
}

export const shapes = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"] as const
export type Shape = (typeof shapes)[number]

const dashes: ReadonlyArray<ReadonlyArray<number>> = [[], [10, 4], [4, 4], [12, 3, 3, 3], [7, 7], [18, 4], [12, 3, 3, 3, 3, 3]]

/**
 * Dark and light in turn, with a contrast of 3 or more to the paper, and apart from each other for
 * the three kinds of colour blindness.
 */
export const palettes = {
  light: ["#000095", "#b8880a", "#5f256f", "#28a366", "#121b12", "#9f83a6", "#7c2e04", "#416fff"],
  dark: ["#b2b2ff", "#bc6d13", "#f8f2ff", "#2db299", "#c1ffb8", "#c2354b", "#fed259", "#3d69e3"],
} as const

/** The style at a position: colour and dashes together repeat only after 56 lines. */
export const lineStyle = (position: number, isDark: boolean): LineStyle => {
  const colors = isDark ? palettes.dark : palettes.light
  return {
    color: colors[position % colors.length] ?? colors[0],
    shape: shapes[position % shapes.length] ?? shapes[0],
    dash: dashes[position % dashes.length] ?? [],
  }
}
