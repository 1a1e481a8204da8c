import { duration, progressText, shorten, shortenStart } from "./format.ts"
import { onOneLine } from "./printable.ts"
import type { Running, RunState } from "./state.ts"

/** The live part of the screen: the run and the stages that compute, one line each, none longer than `columns`. */
export const tree = (state: RunState, now: number, columns: number, rows: number): ReadonlyArray<string> => {
  const running = [...state.running.values()]
  const settled = state.cached + state.finished + state.failed + state.skipped
  const header = [
    `${onOneLine(state.pipeline)}: ${settled}/${state.stages} stages`,
    ...(state.cached > 0 ? [`${state.cached} cached`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
    duration(now - state.since),
  ]
  const room = Math.max(rows - 2, 1)
  const shown = running.slice(0, running.length > room ? room - 1 : room)
  const lines = shown.map((each, index) => branch(each, now, columns, index === running.length - 1))
  const more = running.length > shown.length ? [shorten(`└ and ${running.length - shown.length} more`, columns)] : []
  return [shorten(header.join(" · "), columns), ...lines, ...more]
}

const branch = ({ id, since, progress }: Running, now: number, columns: number, last: boolean): string => {
  const status = progress === null ? duration(now - since) : onOneLine(progressText(progress))
  const name = shortenStart(onOneLine(id), Math.max(columns - 4 - Math.min(status.length, Math.floor(columns * 0.6)), 8))
  return shorten(`${last ? "└" : "├"} ${name}  ${status}`, columns)
}
