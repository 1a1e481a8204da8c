/** The graph as it is drawn: nodes are buttons, edges are curves behind them. */

import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react"
import { Icon } from "../../elements/icon.tsx"
import type { GraphEdge, GraphNode } from "./fold.ts"
import { nodeSize, pathOf } from "./layout.ts"
import { type Direction, neighbourOf } from "./neighbour.ts"
import { NodeCard } from "./node-card.tsx"
import type { LaidGraph } from "./use-layout.ts"
import { clampZoom, firstZoom, fitZoom, scrollAfterZoom, zoomIn, zoomOut } from "./zoom.ts"

interface Props {
  readonly laid: LaidGraph
  readonly isPending: boolean
  /** The key of the chosen node. */
  readonly chosen: string | null
  readonly onChoose: (node: GraphNode | null) => void
  readonly onUnfold: (node: GraphNode) => void
}

const directions: Readonly<Record<string, Direction>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" }

export const Canvas = ({ laid, isPending, chosen, onChoose, onUnfold }: Props) => {
  const { graph, layout } = laid
  const viewport = useRef<HTMLDivElement>(null)
  const [zoom, setZoom] = useState<number | null>(null)
  const scale = zoom ?? 1
  const fallback = graph.nodes[0]?.key ?? null
  const [focused, setFocused] = useState<string | null>(null)
  // One node takes the focus of the Tab key: the last one, else the chosen one, else the first.
  const stop = [focused, chosen, fallback].find((key) => key !== null && layout.nodes[key] !== undefined) ?? null
  /** Where to scroll when the next zoom is drawn. */
  const scrollTo = useRef<{ readonly left: number; readonly top: number } | null>(null)

  useLayoutEffect(() => {
    const element = viewport.current
    if (element === null || zoom !== null) return
    setZoom(firstZoom(layout, { width: element.clientWidth, height: element.clientHeight }))
  }, [layout, zoom])

  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the zoom
  useLayoutEffect(() => {
    if (viewport.current !== null && scrollTo.current !== null) viewport.current.scrollTo(scrollTo.current)
    scrollTo.current = null
  }, [zoom])

  // The chosen node is visible when the graph is drawn first, or unfolded; without one, the first.
  const isZoomed = zoom !== null
  const wanted = chosen ?? fallback
  // biome-ignore lint/correctness/useExhaustiveDependencies: a zoom keeps what the pointer is at
  useEffect(() => {
    if (isZoomed && wanted !== null) reveal(viewport.current, layout.nodes[wanted], scale)
  }, [isZoomed, wanted, layout])

  const zoomAt = useCallback(
    (next: number, at?: { readonly x: number; readonly y: number }) => {
      const element = viewport.current
      if (element === null) return
      const pointer = at ?? { x: element.clientWidth / 2, y: element.clientHeight / 2 }
      scrollTo.current = {
        left: scrollAfterZoom(element.scrollLeft, pointer.x, scale, next),
        top: scrollAfterZoom(element.scrollTop, pointer.y, scale, next),
      }
      setZoom(next)
    },
    [scale],
  )
  const showAll = () => {
    const element = viewport.current
    if (element !== null) setZoom(fitZoom(layout, { width: element.clientWidth, height: element.clientHeight }))
  }
  useWheelZoom(viewport, scale, zoomAt)
  const drag = useDrag(viewport)

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const direction = directions[event.key]
    if (direction !== undefined && stop !== null && event.target !== viewport.current) {
      event.preventDefault()
      const next = neighbourOf(layout, graph.edges, stop, direction)
      if (next !== null) document.getElementById(nodeId(graph.nodes, next))?.focus({ preventScroll: true })
      if (next !== null) reveal(viewport.current, layout.nodes[next], scale)
    } else if (event.key === "+" || event.key === "=") zoomAt(zoomIn(scale))
    else if (event.key === "-") zoomAt(zoomOut(scale))
    else if (event.key === "0") showAll()
    else if (event.key === "Escape") onChoose(null)
  }

  return (
    <div className="graph-canvas">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the nodes inside arrive here */}
      <div ref={viewport} className={isPending ? "graph-viewport pending" : "graph-viewport"} onKeyDown={onKeyDown} {...drag}>
        <div style={{ inlineSize: layout.width * scale, blockSize: layout.height * scale }}>
          <div className="graph-plane" style={{ transform: `scale(${scale})`, inlineSize: layout.width, blockSize: layout.height }}>
            <Edges laid={laid} chosen={chosen} />
            <ul aria-label="Stages">
              {graph.nodes.map((node, index) => {
                const place = layout.nodes[node.key]
                return place === undefined ? null : (
                  <NodeCard
                    key={node.key}
                    id={`node-${index}`}
                    node={node}
                    left={place.x - nodeSize.width / 2}
                    top={place.y - nodeSize.height / 2}
                    isChosen={node.key === chosen}
                    isStop={node.key === stop}
                    onFocus={setFocused}
                    onChoose={onChoose}
                    onUnfold={onUnfold}
                  />
                )
              })}
            </ul>
          </div>
        </div>
      </div>
      <div className="graph-zoom">
        <button type="button" className="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomAt(zoomIn(scale))}>
          <Icon name="plus" />
        </button>
        <button type="button" className="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomAt(zoomOut(scale))}>
          <Icon name="dash" />
        </button>
        <button type="button" className="button" aria-label="Fit the graph" title="Fit (0)" onClick={showAll}>
          <Icon name="fit" />
        </button>
      </div>
    </div>
  )
}

const nodeId = (nodes: ReadonlyArray<GraphNode>, key: string): string => `node-${nodes.findIndex((node) => node.key === key)}`

/** Scrolls as far as is needed to see a node with some space around. */
const reveal = (element: HTMLDivElement | null, place: { readonly x: number; readonly y: number } | undefined, scale: number): void => {
  if (element === null || place === undefined) return
  const [halfWidth, halfHeight] = [nodeSize.width * 0.7 * scale, nodeSize.height * scale]
  const [x, y] = [place.x * scale, place.y * scale]
  const left = Math.min(Math.max(element.scrollLeft, x + halfWidth - element.clientWidth), x - halfWidth)
  const top = Math.min(Math.max(element.scrollTop, y + halfHeight - element.clientHeight), y - halfHeight)
  element.scrollTo({ left, top })
}

/** Ctrl and the wheel, which is what a pinch on a touchpad is as well. */
const useWheelZoom = (
  viewport: RefObject<HTMLDivElement | null>,
  scale: number,
  zoomAt: (zoom: number, at: { readonly x: number; readonly y: number }) => void,
) => {
  useEffect(() => {
    const element = viewport.current
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { left, top } = element.getBoundingClientRect()
      zoomAt(clampZoom(scale * Math.exp(-event.deltaY / 300)), { x: event.clientX - left, y: event.clientY - top })
    }
    // React listens passively, which would leave the browser to zoom the page.
    element.addEventListener("wheel", onWheel, { passive: false })
    return () => element.removeEventListener("wheel", onWheel)
  }, [viewport, scale, zoomAt])
}

/** Dragging the ground with a mouse scrolls; fingers scroll by themselves. */
const useDrag = (viewport: RefObject<HTMLDivElement | null>) => {
  const from = useRef<{ readonly x: number; readonly y: number; readonly left: number; readonly top: number } | null>(null)
  return {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      const element = viewport.current
      if (element === null || event.pointerType !== "mouse" || event.button !== 0 || (event.target as Element).closest("button")) return
      // The scroll bars are no ground.
      if (event.nativeEvent.offsetX > element.scrollLeft + element.clientWidth) return
      from.current = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop }
      element.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const start = from.current
      if (start !== null) viewport.current?.scrollTo(start.left + start.x - event.clientX, start.top + start.y - event.clientY)
    },
    onPointerUp: () => {
      from.current = null
    },
  }
}

const Edges = memo(({ laid, chosen }: { readonly laid: LaidGraph; readonly chosen: string | null }) => {
  const { graph, layout } = laid
  return (
    <svg className="graph-edges" width={layout.width} height={layout.height} aria-hidden="true">
      {graph.edges.map((edge, index) => {
        const points = layout.edges[index]
        return points === undefined ? null : (
          <path key={`${edge.from}\n${edge.to}`} className={edgeClass(edge, chosen)} d={pathOf(points)} />
        )
      })}
    </svg>
  )
})

const edgeClass = ({ from, to, count }: GraphEdge, chosen: string | null): string =>
  `graph-edge ${count > 1 ? "many" : ""} ${from === chosen || to === chosen ? "chosen" : ""}`
