import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Store, writeTrl } from "../../runtime/index.ts"
import { attempt, type Copied, refuseExisting, whole } from "./artifact.ts"

/**
 * Writes a table of preferences to `<output>.jsonl` in a folder, in TRL's explicit form, whole or not at all. Refuses where the file is there already.
 * Fails as `copyOutput` does, and with a DataFileError where the disk refuses.
 */
export const copyAsTrl = Effect.fnUntraced(function* (manifest: Manifest, output: string, folder: string) {
  const to = path.join(folder, `${output}.jsonl`)
  yield* refuseExisting(to)
  const [table] = yield* (yield* Store).open(manifest, output)
  if (table === undefined) return { copied: [], ties: 0 }
  const { ties } = yield* whole(to, (draft) => writeTrl(table, draft))
  const { size } = yield* attempt(to, () => fs.stat(to))
  return { copied: [{ path: to, bytes: size } satisfies Copied], ties }
})
