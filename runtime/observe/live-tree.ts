import type { WriteStream } from "node:tty"
import { announce } from "./announce.ts"
import { type Basis, type Estimate, estimate } from "./estimate.ts"
import type { Renderer } from "./render.ts"
import { advance, initialState, type RunState } from "./state.ts"
import { tree } from "./tree.ts"

const hideCursor = "\u001b[?25l"
const showCursor = "\u001b[?25h"
const clearBelow = "\u001b[0J"
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A\r` : "\r")

/** Finished stages scroll away above; running ones are redrawn below. */
export const liveTree = (terminal: Pick<WriteStream, "write" | "columns" | "rows">): Renderer => {
  let state: RunState | null = null
  let basis: Basis | null = null
  let left: Estimate | null = null
  /** When: often enough for a guess, and seldom enough for ten thousand stages. */
  let estimated = Number.NEGATIVE_INFINITY
  let drawn = 0
  let over = false
  const said: Array<string> = []
  terminal.write(hideCursor)
  const draw = (lines: ReadonlyArray<string>): void => {
    const above = said.splice(0).map((line) => `${line}\n`)
    terminal.write(`${up(drawn)}${clearBelow}${above.join("")}${lines.map((line) => `${line}\n`).join("")}`)
    drawn = lines.length
  }
  return {
    show: (event, now) => {
      state = advance(state ?? initialState(now), event, now)
      said.push(...announce(event))
      if (event.type === "run.finished") over = true
    },
    expect: (known) => {
      basis = known
    },
    tick: (now) => {
      if (state === null) return
      if (basis !== null && now >= estimated + 1) {
        estimated = now
        left = estimate(state, basis, now)
      }
      draw(over ? [] : tree(state, { now, columns: Math.max((terminal.columns ?? 80) - 1, 20), rows: terminal.rows ?? 24, left }))
    },
    end: () => {
      draw([])
      terminal.write(showCursor)
    },
  }
}
