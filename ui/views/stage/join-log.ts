/** Lines that were stored, followed by those that were heard, each of them once. */

import type { StageDetails } from "../../../serve/api.ts"
import { mostLines } from "../../api/live-run.ts"
import type { LogLine } from "../../elements/log-view.tsx"

export interface HeardLine {
  readonly text: string
  /** Its place in the run's journal. */
  readonly seq: number
}

/** A line that was heard is told again to who listens again. */
export const addLine = (lines: ReadonlyArray<HeardLine>, { text, seq }: HeardLine): ReadonlyArray<HeardLine> =>
  seq <= (lines.at(-1)?.seq ?? 0) ? lines : [...lines, { text, seq }].slice(-mostLines)

/** The stored log goes up to `seq` of the journal. */
export const joinLog = ({ log, seq }: Pick<StageDetails, "log" | "seq">, heard: ReadonlyArray<HeardLine>): ReadonlyArray<LogLine> =>
  [...log, ...heard.filter((line) => line.seq > seq).map(({ text }) => text)].map((text, number) => ({ number, text }))
