import { Effect } from "effect"
import { type Manifest, queryTable, Results, type Wanted, wholeAnswer } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"

/** Characters of a cell that are read for a printed table, which has room for fewer. */
export const charactersPerCell = 1000

/** Rows of an answer that are printed. */
export const rowsPerAnswer = 1000

/** How much of an answer is read: all of it for JSON, else what fits a screen. */
export const answerLimits = (json: boolean, rows = rowsPerAnswer): Wanted =>
  json ? wholeAnswer : { rows, cell: charactersPerCell, beyond: "cut" }

/** Reads the first rows of a table, in order. */
export const queryFirstRows = (manifest: Manifest, output: string, rows: number, json: boolean) =>
  queryOutput(manifest, output, `select * from artifact limit ${rows}`, answerLimits(json, rows))

/** Runs a query over an output of a stage. */
export const queryOutput = Effect.fnUntraced(function* (manifest: Manifest, output: string, sql: string, wanted: Wanted) {
  const { open } = yield* Results
  const [file] = yield* open(manifest, output)
  if (file === undefined) return yield* new UsageError({ message: `output ${output} is not a table: name one with --output` })
  return yield* queryTable(file, sql, wanted)
})
