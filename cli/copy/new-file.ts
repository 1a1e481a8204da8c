import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { attempt, type CopiedFile, refuseExisting, writeAtomically } from "./artifact.ts"

/**
 * Writes a file to a folder atomically: `write` gets a temporary path. Returns the file and what
 * `write` has made. Fails with FileExists, before anything is written, if there is such a file.
 */
export const writeNewFile = Effect.fnUntraced(function* <A, E, R>(
  folder: string,
  name: string,
  write: (draft: string) => Effect.Effect<A, E, R>,
) {
  const to = path.join(folder, name)
  yield* refuseExisting(to)
  const made = yield* writeAtomically(to, write)
  const { size } = yield* attempt(to, () => fs.stat(to))
  return { file: { path: to, bytes: size } satisfies CopiedFile, made }
})
