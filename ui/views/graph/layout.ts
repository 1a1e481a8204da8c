/** Where nodes and edges of a graph stand: layers from left to right. */

import type { Graph } from "./fold.ts"

/** Pixels at a zoom of 1. */
export const nodeSize = { width: 228, height: 54 } as const

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** The middle of each node. */
  readonly nodes: Readonly<Record<string, Point>>
  /** In the order of the graph's edges. */
  readonly edges: ReadonlyArray<ReadonlyArray<Point>>
}

/** What the layout depends on: nodes by key, edges by the places of their nodes. */
export interface LayoutRequest {
  readonly nodes: ReadonlyArray<string>
  readonly edges: ReadonlyArray<readonly [from: string, to: string]>
}

export type LayoutAnswer = { readonly layout: Layout } | { readonly error: string }

/** The same text where the layout is the same: states and durations change while a run goes on. */
export const shapeOf = ({ nodes, edges }: Graph): string =>
  JSON.stringify([nodes.map(({ key }) => key), edges.map(({ from, to }) => [from, to])])

/** A smooth path through points, for SVG: between each two, a curve that is level at both. */
export const pathOf = (points: ReadonlyArray<Point>): string => {
  const [first, ...others] = points
  if (first === undefined) return ""
  let from = first
  let path = `M${round(first.x)} ${round(first.y)}`
  for (const to of others) {
    const middle = round((from.x + to.x) / 2)
    path += `C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`
    from = to
  }
  return path
}

const round = (value: number): number => Math.round(value * 10) / 10
