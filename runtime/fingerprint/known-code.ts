import * as fs from "node:fs"
import { isKept } from "../bundle/cache.ts"
import { type FileDigests, unchanged } from "../bundle/closure.ts"
import { CompileError } from "../bundle/compile.ts"
import { installed } from "../bundle/installed.ts"
import type { SettingsShape } from "../settings.ts"
import { digestCode, digestRecorded } from "./code.ts"
import { type CodeRecord, nameOf, readCode, recordCode, recordedSources, recordSame } from "./code-record.ts"
import type { RecipeShape } from "./recipe.ts"

/**
 * The code of a module: the recorded one while nothing that it was made from has changed, else digested anew. An upgrade of the tools
 * alone changes nothing: what is on record is then digested once more, from its sources as they were, so that new is compared
 * with new. Rejects with a CompileError.
 */
export const knownCode = async (options: {
  readonly settings: SettingsShape
  readonly recipe: RecipeShape
  readonly module: string
  readonly digests: FileDigests
}): Promise<CodeRecord> => {
  const { module, digests, recipe } = options
  const { assayRoot, store, cache: folder } = options.settings
  const before = readCode(store, module)
  if (before !== null && isCurrent(before, assayRoot, digests)) return before
  const code = await digestCode({ assayRoot, module, folder, digests, recipe })
  if (before !== null && before.recipe !== code.recipe) {
    const recorded = recordedSources(store, before)
    const same = recorded === null ? null : await digestRecorded({ assayRoot, module, recipe, recorded }).catch(uncompilable)
    if (same !== null && same !== before.digest) recordSame(store, same, before.digest)
  }
  const record: CodeRecord = { ...code, digest: nameOf(store, code.canonical) }
  recordCode(store, record)
  return record
}

const isCurrent = (record: CodeRecord, assayRoot: string, digests: FileDigests): boolean =>
  isKept(record.bundle) &&
  unchanged(record.closure, digests) &&
  record.packages.every((folder) => fs.existsSync(folder)) &&
  record.absent.every(({ name, from }) => installed(from, name) === undefined && installed(assayRoot, name) === undefined)

/** Sources of yesterday that do not compile today say nothing. */
const uncompilable = (error: unknown): null => {
  if (error instanceof CompileError) return null
  throw error
}
