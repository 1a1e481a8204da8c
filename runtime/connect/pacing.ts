import { Context } from "effect"

/** How requests follow each other, in milliseconds. */
export interface PacingShape {
  /** The pause before a request is repeated for the first time; it doubles from time to time. */
  readonly firstPauseMs: number
  /** The longest such pause. */
  readonly longestPauseMs: number
  /** The longest pause that a server may ask for. */
  readonly longestAskedMs: number
  /** What `perMinute` counts by. */
  readonly minuteMs: number
}

/** By default 8 repetitions take two minutes: about as long as a server needs to load a model. */
export const Pacing = Context.Reference<PacingShape>("assay/runtime/Pacing", {
  defaultValue: () => ({ firstPauseMs: 500, longestPauseMs: 60_000, longestAskedMs: 600_000, minuteMs: 60_000 }),
})
