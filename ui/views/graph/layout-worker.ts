/** Lays a graph out in a thread of its own, so that the page never waits for it. */

import dagre from "@dagrejs/dagre"
import { type Layout, type LayoutAnswer, type LayoutRequest, nodeSize, type Point } from "./layout.ts"

/** The best ranks take too long to find where there are more edges. */
const mostEdges = 1_500

const lay = ({ nodes, edges }: LayoutRequest): Layout => {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({
    rankdir: "LR",
    nodesep: 16,
    ranksep: 64,
    edgesep: 8,
    marginx: 24,
    marginy: 24,
    ranker: edges.length > mostEdges ? "longest-path" : "network-simplex",
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const key of nodes) graph.setNode(key, { ...nodeSize })
  for (const [from, to] of edges) graph.setEdge(from, to)
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: Object.fromEntries(
      nodes.map((key) => {
        const { x, y } = graph.node(key)
        return [key, { x, y }]
      }),
    ),
    edges: edges.map(([from, to]) => joinSides(graph.edge(from, to).points, graph.node(from), graph.node(to))),
  }
}

/** Edges leave on the right and arrive on the left, but those that lead back to a layer before. */
const joinSides = (points: ReadonlyArray<Point>, from: Point, to: Point): ReadonlyArray<Point> => {
  const inner = points.slice(1, -1).map(({ x, y }) => ({ x, y }))
  if (from.x >= to.x) return points.map(({ x, y }) => ({ x, y }))
  return [{ x: from.x + nodeSize.width / 2, y: from.y }, ...inner, { x: to.x - nodeSize.width / 2, y: to.y }]
}

const answer = (request: LayoutRequest): LayoutAnswer => {
  try {
    return { layout: lay(request) }
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) }
  }
}

addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => postMessage(answer(data)))
