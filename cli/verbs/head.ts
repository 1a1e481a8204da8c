import { Effect } from "effect"
import { type Manifest, queryTable, Store } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"

/** The first rows of a table, in order. */
export const headOf = (manifest: Manifest, output: string, rows: number) =>
  queryOutput(manifest, output, `select * from artifact limit ${rows}`)

/** Answers a query over a table that a stage made. */
export const queryOutput = Effect.fnUntraced(function* (manifest: Manifest, output: string, sql: string) {
  const { open } = yield* Store
  const [file] = yield* open(manifest, output)
  if (file === undefined) return yield* new UsageError({ message: `output ${output}: holds no table` })
  return yield* queryTable(file, sql)
})
