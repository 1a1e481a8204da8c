import type { Difference } from "../../fingerprint/difference.ts"
import { type Cause, type Comparison, isIn, ownCause } from "./cause.ts"

/**
 * A package that the stage reaches is another. One that was only added or removed counts where
 * nothing explains it: else code, or a package that changed, asks for it now or no longer does.
 */
export const packageChanged = ({ stage, changed }: Pick<Comparison, "stage" | "changed">): ReadonlyArray<Cause> =>
  withoutConsequences(changed).flatMap((each) => (isIn(each.path, "packages") ? [ownCause(stage, each)] : []))

/**
 * Differences without those that follow from another one: a package that came or went, and an
 * engine's version beside its package.
 */
export const withoutConsequences = (changed: ReadonlyArray<Difference>): ReadonlyArray<Difference> => {
  const isExplained = changed.some(
    (each) => isIn(each.path, "code") || isIn(each.path, "plugins") || (isIn(each.path, "packages") && !cameOrWent(each)),
  )
  return changed.filter((each) => !isOfItsPackage(each, changed) && !(isExplained && isIn(each.path, "packages") && cameOrWent(each)))
}

const cameOrWent = ({ before, after }: Difference): boolean => before === null || after === null

/** Whether this is the version of an engine whose package changed as well. */
export const isOfItsPackage = ({ path }: Difference, changed: ReadonlyArray<Difference>): boolean =>
  isIn(path, "engine") && changed.some((other) => isIn(other.path, "packages") && other.path[1] === path[1])
