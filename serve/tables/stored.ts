/** Stored outputs by key and name, and what holds them. */

import { Effect } from "effect"
import { Results } from "../../runtime/index.ts"
import { BadQuestion, Damaged, NotThere } from "../answer.ts"
import type { TableRef } from "../api.ts"

/** An output of a result that is in the store. */
export const findOutput = Effect.fnUntraced(function* ({ key, output }: TableRef) {
  const results = yield* Results
  const manifest = yield* results.manifest(key)
  const stored = manifest !== null && Object.hasOwn(manifest.outputs, output) ? manifest.outputs[output] : undefined
  if (manifest !== null && stored !== undefined) return { manifest, stored }
  const problem = manifest === null ? yield* results.problem(key) : null
  if (problem !== null) return yield* new Damaged({ message: `result ${key.slice(0, 12)} cannot be used: ${problem}` })
  const message = `result ${key.slice(0, 12)} with an output "${output}" is not in the store: it may have been deleted; a run computes it again`
  return yield* new NotThere({ message })
})

/** The file of a stored table, verified. */
export const openTable = Effect.fnUntraced(function* (table: TableRef) {
  const { manifest, stored } = yield* findOutput(table)
  if (stored.kind !== "table") return yield* new BadQuestion({ message: `output "${table.output}" holds files, not a table` })
  const { open } = yield* Results
  const [file] = yield* open(manifest, table.output)
  return file ?? (yield* new NotThere({ message: `output "${table.output}" has no file` }))
})
