import { shortenApart } from "./apart.ts"
import type { Estimate } from "./estimate.ts"
import { duration, progressText, roughly, shorten, shortenStart } from "./format.ts"
import { onOneLine } from "./printable.ts"
import type { Running, RunState } from "./state.ts"

interface Screen {
  readonly now: number
  readonly columns: number
  readonly rows: number
  /** Null while nothing is known of the run's duration. */
  readonly left: Pick<Estimate, "seconds" | "unknown"> | null
}

/**
 * The live part of the screen: the run and the stages that compute, one line each, none longer than
 * `columns`.
 */
export const tree = (state: RunState, { now, columns, rows, left }: Screen): ReadonlyArray<string> => {
  const running = [...state.running.values()]
  const settled = state.cached + state.finished + state.failed + state.skipped
  const header = [
    `${onOneLine(state.pipeline)}: ${settled}/${state.stages} stages`,
    ...(state.cached > 0 ? [`${state.cached} cached`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
    duration(now - state.since),
    ...leftText(left),
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

/** `about 4 min left`; `4 min left at least` where some stages have never been computed. */
const leftText = (left: Screen["left"]): ReadonlyArray<string> => {
  if (left === null || left.seconds === null) return []
  return [left.unknown === 0 ? `about ${roughly(left.seconds)} left` : `${roughly(left.seconds)} left at least`]
}

const statusOf = ({ since, progress }: Running, now: number): string =>
  progress === null ? duration(now - since) : onOneLine(progressText(progress))

/** What a status leaves for the name: not less than that names can be told apart. */
const roomFor = (status: string, columns: number): number => Math.max(columns - 4 - Math.min(status.length, Math.floor(columns * 0.6)), 8)
