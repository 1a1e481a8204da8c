/** Where arrow keys lead in a graph. */

import type { GraphEdge } from "./fold.ts"
import type { Layout, Point } from "./layout.ts"

export type Direction = "left" | "right" | "up" | "down"

/** Nodes in one layer stand within as many pixels. */
const sameLayer = 40

/**
 * Left and right lead along edges, to the nearest of the nodes that they join; up and down to the
 * nearest node of the same layer. Null where nothing is there.
 */
export const neighbourOf = (layout: Layout, edges: ReadonlyArray<GraphEdge>, key: string, direction: Direction): string | null => {
  const here = layout.nodes[key]
  if (here === undefined) return null
  const candidates = ((): ReadonlyArray<string> => {
    switch (direction) {
      case "right":
        return edges.flatMap(({ from, to }) => (from === key ? [to] : []))
      case "left":
        return edges.flatMap(({ from, to }) => (to === key ? [from] : []))
      case "up":
      case "down":
        return Object.entries(layout.nodes).flatMap(([other, { x, y }]) =>
          other !== key && Math.abs(x - here.x) < sameLayer && (direction === "up" ? y < here.y : y > here.y) ? [other] : [],
        )
    }
  })()
  return nearest(layout, here, candidates)
}

const nearest = (layout: Layout, here: Point, keys: ReadonlyArray<string>): string | null => {
  let best: { readonly key: string; readonly distance: number } | null = null
  for (const key of keys) {
    const there = layout.nodes[key]
    if (there === undefined) continue
    const distance = Math.hypot(there.x - here.x, there.y - here.y)
    if (best === null || distance < best.distance) best = { key, distance }
  }
  return best?.key ?? null
}
