/** What the address says of the curves that are shown. */

import { type Codec, choiceParam, flagParam, listParam, numberParam, textParam } from "../../address/query.ts"

export const spreads = ["range", "error", "seeds"] as const
/** Seeds of a line together, with their range or their standard error, or one line for each. */
export type Spread = (typeof spreads)[number]

/** A list that may also be absent, which is not an empty one. */
export const optionalListParam: Codec<ReadonlyArray<string> | null> = {
  read: (text) => (text === null ? null : listParam.read(text)),
  write: (items) => (items === null ? null : (listParam.write(items) ?? "")),
}

export const curveParams = {
  /** Empty: a sensible one. */
  metric: textParam(""),
  x: textParam("step"),
  spread: choiceParam(spreads, "range"),
  /** Weight of what was before, from 0 to below 1. */
  smooth: numberParam(0),
  logX: flagParam,
  logY: flagParam,
  /** "line", "arm", "run", or "axis" with the name of one. */
  color: textParam("line"),
  /** Keys of the lines that are drawn; absent: the first ones. */
  show: optionalListParam,
  /** Other runs to compare with. */
  runs: listParam,
  from: numberParam(null),
  to: numberParam(null),
} as const
