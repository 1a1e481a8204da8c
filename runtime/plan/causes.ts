import { difference } from "../fingerprint/difference.ts"
import { type Cause, type Comparison, isIn, namedCause } from "./cause/cause.ts"
import { codeChanged, pluginChanged } from "./cause/code.ts"
import { formatChanged, nameChanged, parameterChanged, programChanged, readsChanged, schemaChanged } from "./cause/declaration.ts"
import { engineChanged } from "./cause/engine.ts"
import { inputChanged, portUnwired } from "./cause/input.ts"
import { packageChanged } from "./cause/package.ts"
import { type Lookup, neverRun, resultDamaged, resultGone } from "./cause/result.ts"
import { notCacheable } from "./cause/uncacheable.ts"

/** Reasons that need no comparison with an earlier result. */
const lookups = [resultDamaged, resultGone, neverRun]

/**
 * Reasons found by comparing a stage with an earlier result, in the order in which they are told.
 */
const comparisons = [
  notCacheable,
  codeChanged,
  programChanged,
  pluginChanged,
  formatChanged,
  nameChanged,
  packageChanged,
  parameterChanged,
  schemaChanged,
  readsChanged,
  engineChanged,
  inputChanged,
  portUnwired,
]

/**
 * Why a stage is not cached: each change once, where it came in, without what follows from another.
 */
export const causesOf = (lookup: Lookup, about: Omit<Comparison, "last" | "changed">): ReadonlyArray<Cause> => {
  const { manifest } = lookup.last
  const missing = lookups.flatMap((reason) => reason(lookup))
  if (missing.length > 0 || manifest === null) return missing
  const changed = difference(manifest.vector, about.vector).filter(({ path }) => !isIn(path, "inputs"))
  const found = comparisons.flatMap((reason) => reason({ ...about, last: manifest, changed }))
  // Its fingerprint is that of the earlier result, which is not there under its own key.
  return found.length > 0 ? found : [namedCause(about.stage, "result gone")]
}
