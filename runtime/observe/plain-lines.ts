import { announce } from "./announce.ts"
import { progressText } from "./format.ts"
import { onOneLine } from "./printable.ts"
import type { Renderer } from "./render.ts"
import { advance, initialState, type RunState } from "./state.ts"

/** Seconds between two lines about the progress of one stage. */
const pace = 10

/**
 * One line for each thing that happens, and one now and then for a stage that takes long: for logs
 * and pipes.
 */
export const plainLines = (write: (line: string) => void): Renderer => {
  let state: RunState | null = null
  const spoken = new Map<string, number>()
  return {
    show: (event, now) => {
      state = advance(state ?? initialState(now), event, now)
      if (event.type === "stage.started") {
        spoken.set(event.id, now)
        write(`start    ${onOneLine(event.id)}${event.machine === undefined ? "" : `  on ${onOneLine(event.machine)}`}`)
      }
      if (event.type === "stage.cached") write(`cached   ${onOneLine(event.id)}`)
      if (event.type === "stage.progress" && now - (spoken.get(event.id) ?? 0) >= pace) {
        const progress = state.running.get(event.id)?.progress
        if (progress != null) write(onOneLine(`         ${event.id}  ${progressText(progress)}`))
        spoken.set(event.id, now)
      }
      for (const line of announce(event)) write(line)
    },
    tick: () => {},
    end: () => {},
  }
}
