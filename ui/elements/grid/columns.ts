/** Which columns of a grid are visible, and where they stand. */

export interface Width {
  /** Pixels. */
  readonly width: number
  /** Gets a share of what is left over. */
  readonly grow?: boolean
}

export interface Placed {
  readonly left: number
  readonly width: number
}

/** Columns side by side; what is left of the viewport goes to those that grow. */
export const placeColumns = (columns: ReadonlyArray<Width>, viewport: number): ReadonlyArray<Placed> => {
  const spare = Math.max(0, viewport - columns.reduce((sum, { width }) => sum + width, 0))
  const growing = columns.filter(({ grow }) => grow).length
  let left = 0
  return columns.map(({ width, grow }) => {
    const placed = { left, width: grow ? width + spare / growing : width }
    left += placed.width
    return placed
  })
}

/** From `first` up to, not including, `end`. */
export const visibleColumns = (
  placed: ReadonlyArray<Placed>,
  scrollLeft: number,
  viewport: number,
): { readonly first: number; readonly end: number } => {
  const first = placed.findIndex(({ left, width }) => left + width > scrollLeft)
  const after = placed.findIndex(({ left }) => left >= scrollLeft + viewport)
  return { first: Math.max(0, first), end: after === -1 ? placed.length : after }
}
