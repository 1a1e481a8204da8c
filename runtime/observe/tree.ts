import { shortenApart } from "./apart.ts"
import { duration, progressText, shorten, shortenStart } from "./format.ts"
import { onOneLine } from "./printable.ts"
import type { Running, RunState } from "./state.ts"

/**
 * The live part of the screen: the run and the stages that compute, one line each, none longer than
 * `columns`.
 */
export const tree = (state: RunState, now: number, columns: number, rows: number): ReadonlyArray<string> => {
  const running = [...state.running.values()]
  const settled = state.cached + state.finished + state.failed + state.skipped
  const header = [
    `${onOneLine(state.pipeline)}: ${settled}/${state.stages} stages`,
    ...(state.cached > 0 ? [`${state.cached} cached`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
    duration(now - state.since),
  ]
  const most = Math.max(rows - 2, 1)
  const shown = running.slice(0, running.length > most ? most - 1 : most)
  const room = Math.min(...shown.map((each) => roomFor(statusOf(each, now), columns)))
  const ids = shown.map(({ id }) => onOneLine(id))
  const names = shown.length === 1 ? ids.map((id) => shortenStart(id, room)) : shortenApart(ids, room)
  const lines = shown.map((each, index) =>
    shorten(`${index === running.length - 1 ? "└" : "├"} ${names[index]}  ${statusOf(each, now)}`, columns),
  )
  const more = running.length > shown.length ? [shorten(`└ and ${running.length - shown.length} more`, columns)] : []
  return [shorten(header.join(" · "), columns), ...lines, ...more]
}

const statusOf = ({ since, progress }: Running, now: number): string =>
  progress === null ? duration(now - since) : onOneLine(progressText(progress))

/** What a status leaves for the name: not less than that names can be told apart. */
const roomFor = (status: string, columns: number): number => Math.max(columns - 4 - Math.min(status.length, Math.floor(columns * 0.6)), 8)
