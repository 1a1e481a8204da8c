import { noteUse } from "../bundle/cache.ts"
import { bundling, CompileError } from "../bundle/compile.ts"
import { holds, type Look } from "../bundle/gate.ts"
import { lookAround } from "../bundle/gated.ts"
import type { SettingsShape } from "../settings.ts"
import { type CodeRecord, nameOf, readCode, recordCode, recordedSources, recordSame } from "../store/code/record.ts"
import { digestCode, digestRecorded } from "./code.ts"
import type { RecipeShape } from "./recipe.ts"

/**
 * The code of a module: the recorded one while nothing that it was made from has changed, else
 * digested again. An upgrade of the tools alone changes nothing: what is on record is then digested
 * once more, from its sources as they were, so that new is compared with new. Rejects with a
 * CompileError.
 */
export const knownCode = async (options: {
  readonly settings: SettingsShape
  readonly recipe: RecipeShape
  readonly module: string
  readonly look: Look
}): Promise<CodeRecord> => {
  const { module, recipe } = options
  const { assayRoot, store, cache: folder } = options.settings
  const before = readCode(store, module)
  if (before !== null && before.bundling === bundling && holds(before.gate, options.look)) {
    noteUse(before.gate.bundle)
    return before
  }
  const code = await digestCode({ assayRoot, module, folder, recipe, look: () => lookAround(options.settings) })
  if (before !== null && before.recipe !== code.recipe) {
    const recorded = recordedSources(store, before)
    const same = recorded === null ? null : await digestRecorded({ assayRoot, module, recipe, recorded }).catch(uncompilable)
    if (same !== null && same !== before.digest) recordSame(store, same, before.digest)
  }
  const record: CodeRecord = { ...code, bundling, digest: nameOf(store, code.canonical) }
  recordCode(store, record)
  return record
}

/** Sources of yesterday that do not compile today say nothing. */
const uncompilable = (error: unknown): null => {
  if (error instanceof CompileError) return null
  throw error
}
