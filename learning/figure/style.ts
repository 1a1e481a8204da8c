/** How one arm is drawn. */
export interface ArmStyle {
  readonly color: string
  readonly shape: string
  /** Lengths of dashes and gaps in pixels; empty is a solid line. */
  readonly dash: ReadonlyArray<number>
}

/**
 * The style of the arm at a position. Neighbours differ in hue, in lightness (so also in grey print), in shape and in dashes;
 * combinations repeat only after 42 arms.
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
