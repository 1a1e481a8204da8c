/** `/api/results` and `/api/query`: what stored artifacts hold. */

import { Duration, Effect, Schema } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { parseFilters, Queries, type Selection, type Sort, type TableFile } from "../../runtime/index.ts"
import { answering, BadQuestion, responding, streaming } from "../answer.ts"
import type { QueryAnswer, TableDetails } from "../api.ts"
import { bodyOf } from "../body.ts"
import { pathParameter, searchParameter } from "../parameters.ts"
import { outputOf } from "../runs/view.ts"
import { fileOf } from "./files.ts"
import { findOutput, openTable } from "./stored.ts"

const SortOrder = Schema.Struct({
  column: Schema.String,
  direction: Schema.Literals(["ascending", "descending"]),
  length: Schema.optionalKey(Schema.Boolean),
})

const wanted = {
  filter: Schema.optionalKey(Schema.String),
  search: Schema.optionalKey(Schema.String),
  sort: Schema.optionalKey(Schema.Array(SortOrder)),
}
const Rows = Schema.Struct({ ...wanted, offset: Schema.Int, limit: Schema.Int, cell: Schema.optionalKey(Schema.Int) })
const Distribution = Schema.Struct({ ...wanted, column: Schema.String })
const Query = Schema.Struct({
  tables: Schema.Array(Schema.Struct({ key: Schema.String, output: Schema.String, name: Schema.String })),
  sql: Schema.String,
  limit: Schema.Int,
})

/** Characters of a text, items of a list, of an answer's cells. */
const cell = 1000
/** Rows of an answer to a person's own SQL. */
const mostRows = 10_000

const named = Effect.gen(function* () {
  return { key: yield* pathParameter("key"), output: yield* pathParameter("output") }
})

/** The rows that are meant, of a table whose columns the filter may name. */
const selectionOf = Effect.fnUntraced(function* (
  table: TableFile,
  { filter = "", search = "" }: { readonly filter?: string; readonly search?: string },
) {
  if (filter.trim() === "") return { search } satisfies Selection
  const { describe } = yield* Queries
  const { columns } = yield* describe(table)
  return {
    filters: yield* Effect.try({ try: () => parseFilters(filter, columns), catch: (error) => error as Error }),
    search,
  } satisfies Selection
})

const details = Effect.gen(function* () {
  const ref = yield* named
  const { manifest, stored } = yield* findOutput(ref)
  const { describe } = yield* Queries
  const columns = stored.kind === "table" ? (yield* describe(yield* openTable(ref))).columns : []
  const answer: TableDetails = { ...outputOf(ref.output, stored), key: ref.key, stage: manifest.stage, columns }
  return answer
})

const rows = Effect.gen(function* () {
  const { offset, limit, sort = [], cell: most = cell, ...selection } = yield* bodyOf(Rows)
  const table = yield* openTable(yield* named)
  const { page } = yield* Queries
  return yield* page(table, { ...(yield* selectionOf(table, selection)), sort, offset, limit, cell: most })
})

const histogram = Effect.gen(function* () {
  const { column, ...selection } = yield* bodyOf(Distribution)
  const table = yield* openTable(yield* named)
  const { histogram: ask } = yield* Queries
  return yield* ask(table, { ...(yield* selectionOf(table, selection)), column })
})

const contentTypes = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson", parquet: "application/vnd.apache.parquet" } as const
type Format = keyof typeof contentTypes
const isFormat = (text: string | null): text is Format => text !== null && Object.hasOwn(contentTypes, text)

const download = Effect.gen(function* () {
  const format = yield* searchParameter("format")
  if (!isFormat(format)) return yield* new BadQuestion({ message: `format is "${format}": expected parquet, csv or jsonl` })
  const ref = yield* named
  const table = yield* openTable(ref)
  const selection = yield* selectionOf(table, {
    filter: (yield* searchParameter("filter")) ?? "",
    search: (yield* searchParameter("search")) ?? "",
  })
  const sort = yield* sortOf(yield* searchParameter("sort"))
  const queries = yield* Queries
  return yield* streaming(queries.download(table, { ...selection, sort, format }), {
    contentType: contentTypes[format],
    headers: {
      "content-disposition": `attachment; filename="${ref.output.replaceAll(/[^\w.-]/g, "_")}.${format}"`,
      "cache-control": "no-store",
    },
  })
})

const sortOf = (text: string | null): Effect.Effect<ReadonlyArray<Sort>, BadQuestion> =>
  text === null
    ? Effect.succeed([])
    : Effect.mapError(
        Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(SortOrder)))(text),
        () => new BadQuestion({ message: `sort is ${text}: expected JSON such as [{"column":"step","direction":"ascending"}]` }),
      )

const query = Effect.gen(function* () {
  const { tables, sql, limit } = yield* bodyOf(Query)
  const views = new Map<string, ReadonlyArray<string>>()
  for (const table of tables) {
    if (views.has(table.name))
      return yield* new BadQuestion({ message: `two tables are called "${table.name}": give one of them another name` })
    views.set(table.name, [(yield* openTable(table)).path])
  }
  const { query: ask } = yield* Queries
  const most = Math.min(Math.max(limit, 0), mostRows)
  const [taken, answer] = yield* Effect.timed(ask(Object.fromEntries(views), sql, { rows: most, cell, beyond: "cut" }))
  const result: QueryAnswer = { ...answer, seconds: Duration.toSeconds(taken) }
  return result
})

export const tableRoutes = HttpRouter.addAll([
  HttpRouter.route("GET", "/api/results/:key/:output", answering(details)),
  HttpRouter.route("POST", "/api/results/:key/:output/rows", answering(rows)),
  HttpRouter.route("POST", "/api/results/:key/:output/histogram", answering(histogram)),
  HttpRouter.route("GET", "/api/results/:key/:output/download", responding(download)),
  HttpRouter.route("GET", "/api/results/:key/:output/files/*", responding(Effect.flatMap(named, fileOf))),
  HttpRouter.route("POST", "/api/query", answering(query)),
])
