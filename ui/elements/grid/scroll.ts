/**
 * Where a grid stands. Browsers cap the height of an element, near 33 million pixels or less, so a
 * scroll bar cannot stand for ten million rows pixel by pixel. Here a small movement, as of a
 * wheel, moves rows by as many pixels, and a large one, as of the bar's thumb, moves them in
 * proportion.
 */

export interface Extent {
  readonly rows: number
  /** Pixels. */
  readonly rowHeight: number
  /** Pixels of rows that are visible at once. */
  readonly viewport: number
}

/** `scrollTop + offset` is the place of the viewport's top among all rows, in pixels. */
export interface Position {
  readonly scrollTop: number
  readonly offset: number
}

/** Below the cap of every browser. */
export const highest = 8_000_000

/** A larger movement at once is one of the bar's thumb. */
const longestStep = 2_000

export const heightOf = ({ rows, rowHeight }: Extent): number => Math.min(rows * rowHeight, highest)

const rangeOf = (extent: Extent): { readonly real: number; readonly scrolled: number } => ({
  real: Math.max(0, extent.rows * extent.rowHeight - extent.viewport),
  scrolled: Math.max(0, heightOf(extent) - extent.viewport),
})

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))

/** The position at a place among all rows, in pixels. */
export const positionAt = (extent: Extent, top: number): Position => {
  const { real, scrolled } = rangeOf(extent)
  const place = clamp(top, real)
  const scrollTop = real === 0 ? 0 : Math.round((place / real) * scrolled)
  return { scrollTop, offset: place - scrollTop }
}

/** The position after the browser scrolled. */
export const follow = (extent: Extent, before: Position, scrollTop: number): Position => {
  const { real, scrolled } = rangeOf(extent)
  if (real === scrolled) return { scrollTop, offset: 0 }
  if (Math.abs(scrollTop - before.scrollTop) <= longestStep) {
    const place = clamp(scrollTop + before.offset, real)
    return { scrollTop, offset: place - scrollTop }
  }
  return { scrollTop, offset: (scrollTop / scrolled) * real - scrollTop }
}

/** The same place, with the bar where it belongs: after a movement has come to rest. */
export const settle = (extent: Extent, position: Position): Position => positionAt(extent, position.scrollTop + position.offset)

/** The nearest position at which a row is wholly visible. */
export const reveal = (extent: Extent, position: Position, row: number): Position => {
  const top = position.scrollTop + position.offset
  const start = row * extent.rowHeight
  const end = start + extent.rowHeight
  if (start < top) return positionAt(extent, start)
  if (end > top + extent.viewport) return positionAt(extent, end - extent.viewport)
  return position
}

/** The rows that are visible, and a few around them: from `first` up to, not including, `end`. */
export const visibleRows = (extent: Extent, position: Position, around: number): { readonly first: number; readonly end: number } => {
  const top = position.scrollTop + position.offset
  const first = Math.floor(top / extent.rowHeight) - around
  const end = Math.ceil((top + extent.viewport) / extent.rowHeight) + around
  return { first: Math.max(0, Math.min(first, extent.rows)), end: Math.max(0, Math.min(end, extent.rows)) }
}
