/** How large a graph is drawn, and which part of it is visible. */

export const smallest = 0.15
export const largest = 2
const factor = 1.25
/** A graph that is whole at this size is shown whole: its nodes are still told apart. */
const smallestWhole = 0.6
/** Where it is not, its beginning is shown at a size at which text is read. */
const readable = 0.75

export const clampZoom = (zoom: number): number => Math.min(largest, Math.max(smallest, zoom))

export const zoomIn = (zoom: number): number => clampZoom(zoom * factor)
export const zoomOut = (zoom: number): number => clampZoom(zoom / factor)

interface Size {
  readonly width: number
  readonly height: number
}

/** The zoom at which all of a graph is visible; never larger than 1. */
export const fitZoom = (graph: Size, viewport: Size): number =>
  clampZoom(Math.min(1, viewport.width / Math.max(1, graph.width), viewport.height / Math.max(1, graph.height)))

/** The zoom to begin with. */
export const firstZoom = (graph: Size, viewport: Size): number => {
  const whole = fitZoom(graph, viewport)
  return whole >= smallestWhole ? whole : readable
}

/** Where to scroll so that the point of the graph under the pointer stays there. */
export const scrollAfterZoom = (scroll: number, pointer: number, before: number, after: number): number =>
  ((scroll + pointer) / before) * after - pointer
