import { type Cause, type Comparison, isIn, ownCause } from "./cause.ts"
import { isOfItsPackage } from "./package.ts"

/**
 * Tensors are computed by another engine, on another device, or by another version where no package
 * of the stage already says so.
 */
export const engineChanged = ({ stage, changed }: Pick<Comparison, "stage" | "changed">): ReadonlyArray<Cause> =>
  changed.flatMap((each) => (isIn(each.path, "engine") && !isOfItsPackage(each, changed) ? [ownCause(stage, each)] : []))
