import type { Check } from "assay"
import { contextOf, declaredContext } from "../policy/declared-context.ts"
import { importedFile } from "../policy/imported-file.ts"
import { warnOfLongPairs } from "../policy/pairs-too-long.ts"

/** Warns of imported pairs that do not fit the model: its own context, or that of its base. */
export const check: Check = async ({ name, parameters, inputs }) => {
  const file = importedFile(inputs.preferences?.[0])
  if (file === undefined) return []
  const base = inputs.base?.[0]
  const context = base === undefined ? contextOf(parameters.context, `Raise ${name}'s context.`) : await declaredContext(base)
  if (context === undefined) return []
  // An end-of-text stands before the prompt and behind each response; a pairwise model reads both
  // in one sequence.
  return warnOfLongPairs(file, context, ({ prompt, responses: [chosen, rejected] }) =>
    parameters.form === "pairwise" ? 1 + prompt + chosen + 1 + rejected + 1 : 1 + prompt + Math.max(chosen, rejected) + 1,
  )
}
