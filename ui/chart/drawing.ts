/**
 * Vega, as far as charts need it. This is the one module that imports it, and it is loaded when the
 * first chart is drawn. Expressions are interpreted: the page's policy forbids code made of text.
 * The canvas is sized through properties, not through attributes `style`, which the policy forbids
 * as well. Nothing shows tooltips but the page itself.
 */

import type { Config, Runtime, Spec } from "vega"
import { changeset, transforms } from "vega-dataflow"
import * as encoding from "vega-encode"
import { expressionInterpreter } from "vega-interpreter"
import { parse } from "vega-parser"
import * as rows from "vega-transforms"
import { View } from "vega-view"
import * as layout from "vega-view-transforms"
import { changesOf } from "./changes.ts"

Object.assign(transforms, encoding, layout, rows)

export type DataSets = Readonly<Record<string, ReadonlyArray<object>>>

/** What a drawing shows. */
export interface DrawingState {
  /** Pixels of the plot, without its axes. */
  readonly width: number
  readonly height: number
  readonly data: DataSets
  readonly signals: Readonly<Record<string, unknown>>
}

export interface Drawing {
  /** Draws what is not as it was. */
  readonly draw: (state: DrawingState) => void
  readonly close: () => void
}

/** What Vega runs of a specification. */
export const compile = (specification: Spec, config: Config): Runtime => parse(specification, config, { ast: true })

/** Opens a drawing in an element, which it empties. */
export const openDrawing = (element: HTMLElement, specification: Spec, config: Config): Drawing => {
  const view = new View(compile(specification, config), {
    container: element,
    renderer: "canvas",
    expr: expressionInterpreter,
    tooltip: () => undefined,
  })
  let before: DataSets = {}
  const apply = ({ width, height, data, signals }: DrawingState): Promise<unknown> => {
    view.width(width).height(height)
    for (const [name, value] of Object.entries(signals)) view.signal(name, value)
    for (const [name, after] of Object.entries(data)) {
      const { removed, added } = changesOf(before[name] ?? [], after)
      if (removed.length + added.length > 0) view.change(name, changeset().remove(removed).insert(added))
    }
    before = data
    return view.runAsync()
  }
  const draw = inTurn(apply)
  return {
    draw,
    close: () => {
      view.finalize()
      element.textContent = ""
    },
  }
}

/**
 * Calls for the newest state alone, and only when the call before has ended: while Vega runs, it
 * would set a size that it is given back to the one that it began with.
 */
export const inTurn = <A>(call: (state: A) => Promise<unknown>): ((state: A) => void) => {
  let next: { readonly state: A } | null = null
  let isRunning = false
  const run = async () => {
    isRunning = true
    try {
      while (next !== null) {
        const { state } = next
        next = null
        await call(state)
      }
    } finally {
      isRunning = false
    }
  }
  return (state) => {
    next = { state }
    if (!isRunning) void run().catch((error: unknown) => reportError(error))
  }
}
