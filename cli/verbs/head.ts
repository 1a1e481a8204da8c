import { Effect } from "effect"
import { type Manifest, queryTable, Results, type Wanted, wholeAnswer } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"

/** Characters of a cell that are fetched to be printed in a table, which has room for fewer. */
export const mostOfCell = 1000

/** Rows of an answer that a person is shown. */
export const mostRows = 1000

/** What fits a screen, or all of it where a program reads. */
export const wantedOf = (json: boolean, rows = mostRows): Wanted => (json ? wholeAnswer : { rows, cell: mostOfCell, beyond: "cut" })

/** The first rows of a table, in order. */
export const headOf = (manifest: Manifest, output: string, rows: number, json: boolean) =>
  queryOutput(manifest, output, `select * from artifact limit ${rows}`, wantedOf(json, rows))

/** Answers a query over a table that a stage made. */
export const queryOutput = Effect.fnUntraced(function* (manifest: Manifest, output: string, sql: string, wanted: Wanted) {
  const { open } = yield* Results
  const [file] = yield* open(manifest, output)
  if (file === undefined) return yield* new UsageError({ message: `output ${output}: holds no table` })
  return yield* queryTable(file, sql, wanted)
})
