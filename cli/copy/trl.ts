import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Store, writeTrl } from "../../runtime/index.ts"
import { attempt, type Copied, refuseExisting } from "./artifact.ts"

/**
 * Writes a table of preferences to `<output>.jsonl` in a folder, in TRL's explicit form, whole or not at all. Refuses where the file is there already.
 * Fails as `copyOutput` does, and with a DataFileError where the disk refuses.
 */
export const copyAsTrl = Effect.fnUntraced(function* (manifest: Manifest, output: string, folder: string) {
  const to = path.join(folder, `${output}.jsonl`)
  yield* refuseExisting(to)
  const [table] = yield* (yield* Store).open(manifest, output)
  if (table === undefined) return { copied: [], ties: 0 }
  yield* attempt(to, () => fs.mkdir(folder, { recursive: true }))
  const draft = `${to}.${process.pid}.part`
  const { ties } = yield* writeTrl(table, draft).pipe(Effect.onError(() => Effect.promise(() => fs.rm(draft, { force: true }))))
  yield* attempt(to, () => fs.rename(draft, to))
  const { size } = yield* attempt(to, () => fs.stat(to))
  return { copied: [{ path: to, bytes: size } satisfies Copied], ties }
})
