import type { WriteStream } from "node:tty"
import { announce } from "./announce.ts"
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
    tick: (now) => {
      if (state !== null) draw(over ? [] : tree(state, now, Math.max((terminal.columns ?? 80) - 1, 20), terminal.rows ?? 24))
    },
    end: () => {
      draw([])
      terminal.write(showCursor)
    },
  }
}
