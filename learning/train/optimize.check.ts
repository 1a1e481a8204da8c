import type { Check } from "assay"
import { declaredContext } from "../policy/declared-context.ts"
import { importedFile } from "../policy/imported-file.ts"
import { warnOfLongPairs } from "../policy/pairs-too-long.ts"

/** Warns of imported pairs that do not fit the policy. */
export const check: Check = async ({ inputs }) => {
  const file = importedFile(inputs.preferences?.[0])
  const context = file === undefined ? undefined : await declaredContext(inputs.reference?.[0])
  if (file === undefined || context === undefined) return []
  // An end-of-text stands before the prompt and behind the response. The longer response decides
  // for both.
  return warnOfLongPairs(file, context, ({ prompt, responses }) => 1 + prompt + Math.max(...responses) + 1)
}
