/** The layout of a graph, from the worker. */

import { startTransition, useEffect, useRef, useState } from "react"
import type { Graph } from "./fold.ts"
import { type Layout, type LayoutAnswer, type LayoutRequest, shapeOf } from "./layout.ts"

/** The address of the worker's script: put in by `bundle.mjs`. */
declare const LAYOUT_WORKER: string

const start = (): Worker => new Worker(LAYOUT_WORKER)

/** A worker that has nothing to do. The first loads its script while the run is being asked for. */
let idle: Worker | null = start()

const acquire = (): Worker => {
  const worker = idle ?? start()
  idle = null
  return worker
}

const release = (worker: Worker): void => {
  if (idle === null) idle = worker
  else worker.terminate()
}

export interface LaidGraph {
  readonly graph: Graph
  readonly layout: Layout
}

interface Laid {
  /** What the layout is of; null until there is one. */
  readonly laid: LaidGraph | null
  /** Another graph is being laid out. */
  readonly isPending: boolean
  readonly error: string | null
}

/** Until another graph is laid out, the one before stays, with its own nodes. */
export const useLayout = (graph: Graph): Laid => {
  const shape = shapeOf(graph)
  const [done, setDone] = useState<{ readonly shape: string; readonly graph: Graph; readonly layout: Layout } | null>(null)
  const [error, setError] = useState<string | null>(null)
  const latest = useRef(graph)
  latest.current = graph

  useEffect(() => {
    const { nodes, edges } = latest.current
    const worker = acquire()
    let isBusy = true
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      isBusy = false
      if ("error" in data) {
        setError(data.error)
        return
      }
      setError(null)
      // Hundreds of nodes are drawn in parts, between which the page answers.
      startTransition(() => setDone({ shape, graph: latest.current, layout: data.layout }))
    }
    worker.onerror = () => setError("the script that lays out graphs did not start: reload the page")
    const request: LayoutRequest = { nodes: nodes.map(({ key }) => key), edges: edges.map(({ from, to }) => [from, to]) }
    worker.postMessage(request)
    return () => {
      worker.onmessage = null
      // A layout that is not wanted any more would delay the next one: its worker ends.
      if (isBusy) worker.terminate()
      else release(worker)
    }
  }, [shape])

  if (done === null) return { laid: null, isPending: error === null, error }
  const isCurrent = done.shape === shape
  // Of the same shape, the newer graph has newer states.
  return { laid: { graph: isCurrent ? graph : done.graph, layout: done.layout }, isPending: !isCurrent && error === null, error }
}
