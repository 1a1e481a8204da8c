import { type Cause, type Comparison, namedCause } from "./cause.ts"

/** Results of the stage cannot be kept: one cause for each reason. */
export const notCacheable = ({ stage, uncacheable }: Pick<Comparison, "stage" | "uncacheable">): ReadonlyArray<Cause> =>
  uncacheable.map((reason) => namedCause(stage, "not cacheable", reason))
