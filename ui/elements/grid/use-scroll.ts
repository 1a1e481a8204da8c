/** The position of a grid as state, and the element that scrolls. */

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"
import { flushSync } from "react-dom"
import { type Extent, follow, type Position, positionAt, reveal, settle } from "./scroll.ts"

/** A movement has come to rest when nothing moved for as long. */
const restMs = 160

export interface Scroll {
  readonly ref: RefObject<HTMLDivElement | null>
  readonly extent: Extent
  readonly position: Position
  /** Pixels of columns that are visible. */
  readonly width: number
  readonly left: number
  readonly revealRow: (row: number) => void
  readonly revealColumn: (left: number, width: number) => void
}

export const useScroll = ({
  rows,
  rowHeight,
  headerHeight,
}: {
  readonly rows: number
  readonly rowHeight: number
  readonly headerHeight: number
}): Scroll => {
  const ref = useRef<HTMLDivElement | null>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [position, setPosition] = useState<Position>({ scrollTop: 0, offset: 0 })
  const [left, setLeft] = useState(0)
  const extent: Extent = { rows, rowHeight, viewport: Math.max(0, size.height - headerHeight) }
  const now = useRef({ extent, position })
  now.current = { extent, position }

  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  /** Moves rows and bar together, in one frame. */
  const moveTo = useCallback((next: Position) => {
    const element = ref.current
    if (element === null || next === now.current.position) return
    now.current = { ...now.current, position: next }
    flushSync(() => setPosition(next))
    element.scrollTop = next.scrollTop
  }, [])

  useEffect(() => {
    const element = ref.current
    if (element === null) return
    let timer: number | undefined
    const onScroll = () => {
      setLeft(element.scrollLeft)
      const { extent, position } = now.current
      const { scrollTop } = element
      // What moveTo did comes back as an event.
      if (Math.abs(scrollTop - position.scrollTop) >= 1) {
        const next = follow(extent, position, scrollTop)
        now.current = { extent, position: next }
        setPosition(next)
      }
      window.clearTimeout(timer)
      timer = window.setTimeout(() => {
        const { extent, position } = now.current
        const rested = settle(extent, position)
        if (Math.abs(rested.scrollTop - position.scrollTop) > 1) moveTo(rested)
      }, restMs)
    }
    element.addEventListener("scroll", onScroll, { passive: true })
    return () => {
      element.removeEventListener("scroll", onScroll)
      window.clearTimeout(timer)
    }
  }, [moveTo])

  // Fewer rows than before, after a filter: the place may not exist any more.
  useLayoutEffect(() => {
    const { extent, position } = now.current
    const place = position.scrollTop + position.offset
    if (place <= Math.max(0, rows * rowHeight - extent.viewport) || ref.current === null) return
    const next = positionAt(extent, place)
    setPosition(next)
    ref.current.scrollTop = next.scrollTop
  }, [rows, rowHeight])

  return {
    ref,
    extent,
    position,
    width: size.width,
    left,
    revealRow: (row) => moveTo(reveal(now.current.extent, now.current.position, row)),
    revealColumn: (start, width) => {
      const element = ref.current
      if (element === null) return
      if (start < element.scrollLeft) element.scrollLeft = start
      else if (start + width > element.scrollLeft + element.clientWidth) element.scrollLeft = start + width - element.clientWidth
    },
  }
}
