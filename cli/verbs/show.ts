import { Effect, Option } from "effect"
import {
  openRunTable,
  type QueryResult,
  queryViews,
  Results,
  type RunRecord,
  type RunTable,
  runTables,
  stageTables,
} from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { formatBytes, pluralize } from "../print/number.ts"
import { formatRows, printCsv, type RowFormat, rowFormat } from "../print/rows.ts"
import { print, printJson, remark, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import type { StageResult } from "../stage-result.ts"
import { answerLimits } from "./query.ts"
import { findResult, findRun, type Output, selectOutputs } from "./resolve.ts"
import { oneTable, queryRun, tablesNamed } from "./tables.ts"
import { withRuntime } from "./with-runtime.ts"

export const show = Effect.fn("assay show")(function* (options: Options<"show">) {
  const { stage, rows, sql, pipeline } = options
  const format = yield* rowFormat(options)
  if (Option.exists(rows, (most) => most < 0))
    return yield* new UsageError({ message: `--rows is ${Option.getOrNull(rows)}: expected an integer of at least 0` })
  const record = yield* findRun(pipeline)
  if (Option.isSome(sql)) return yield* showAnswer(record, sql.value, options, format)
  if (Option.isNone(stage)) return yield* new UsageError({ message: `name a stage, as "assay ls" lists them, or ask with --sql` })
  const isId = record.stages.some(({ id }) => id === stage.value)
  const tables = isId ? [] : tablesNamed(yield* runTables(record), stage.value)
  if (tables.length > 0) return yield* showTable(yield* oneTable(tables, stage.value, options.output), options, format)
  const result = yield* findResult(record, stage.value)
  const outputs = yield* selectOutputs(result, options.output)
  if (format === "csv") return yield* showTable(yield* tableOf(record, result, options.output), options, format)
  if (format === "json") {
    const shown = yield* Effect.forEach(outputs, (output) => outputJson(record, result, output, rowsOr(options, firstRows)))
    const { stage, key, printed = [] } = result.manifest
    // Without `--sql`: the outputs, with the first rows of tables.
    return yield* printJson({ id: result.id, stage, key, printed, outputs: shown })
  }
  yield* print(`${result.id}  (${result.manifest.stage}, key ${result.manifest.key.slice(0, 12)})`)
  for (const output of outputs) yield* print(`\n${yield* formatOutput(record, result, output, options, format)}`)
  const { printed = [] } = result.manifest
  if (printed.length > 0) yield* print(`\nprinted when it ran:\n${printed.map((line) => `  ${line}`).join("\n")}`)
}, withRuntime)

/** Rows of a table that are shown to people. */
const firstRows = 10

const rowsOr = ({ rows }: Pick<Options<"show">, "rows">, otherwise: number): number => Option.getOrElse(rows, () => otherwise)

/** What a query answers. */
const showAnswer = Effect.fnUntraced(function* (record: RunRecord, sql: string, { stage, output }: Options<"show">, format: RowFormat) {
  const tables = yield* runTables(record)
  const artifact = Option.isNone(stage) ? null : yield* chosenTable(record, tables, stage.value, output)
  const answer = yield* queryRun(tables, artifact, sql, answerLimits(format))
  const names = answer.columns.map(({ name }) => name)
  if (format === "csv") return yield* printCsv(names, answer.rows)
  // With `--sql`: rows as objects; columns with a repeated name get their number appended.
  if (format === "json") return yield* printJson(answerJson(answer))
  yield* print(format === "wide" ? formatRows(names, answer.rows, format) : formatTable(names, answer.rows, screenWidth()))
  const omission = formatOmission(answer)
  return yield* omission === null ? Effect.void : remark(omission)
})

const chosenTable = Effect.fnUntraced(function* (
  record: RunRecord,
  tables: ReadonlyArray<RunTable>,
  wanted: string,
  output: Option.Option<string>,
) {
  const found = tablesNamed(tables, wanted)
  if (found.length > 0) return yield* oneTable(found, wanted, output)
  // Says what is wrong with the name, or that the stage has no result.
  yield* selectOutputs(yield* findResult(record, wanted), output)
  return yield* oneTable([], wanted, output)
})

const tableOf = Effect.fnUntraced(function* (record: RunRecord, { id, manifest }: StageResult, output: Option.Option<string>) {
  return yield* oneTable(yield* stageTables(record, id, manifest), id, output)
})

/** A table of one or several stages: all of it as CSV, its first rows otherwise. */
const showTable = Effect.fnUntraced(function* (table: RunTable, options: Options<"show">, format: RowFormat) {
  const views = { artifact: yield* openRunTable(table) }
  const all = format === "csv" && Option.isNone(options.rows)
  const rows = rowsOr(options, firstRows)
  const sql = all ? "select * from artifact" : `select * from artifact limit ${rows}`
  const answer = yield* queryViews(views, sql, answerLimits(format, rows))
  const names = answer.columns.map(({ name }) => name)
  const count = table.parts.reduce((sum, { manifest }) => sum + (manifest.outputs[table.output]?.rows ?? 0), 0)
  const bytes = table.parts.reduce((sum, { manifest }) => sum + (manifest.outputs[table.output]?.bytes ?? 0), 0)
  const ids = table.parts.map(({ id }) => id)
  if (format === "csv") return yield* printCsv(names, answer.rows)
  if (format === "json") {
    const { columns, rows: head } = answerJson(answer)
    // Of several stages: their ids, and their tables as one.
    return yield* printJson({ ids, output: table.output, artifact: table.artifact, rows: count, bytes, columns, head })
  }
  yield* print(`${table.name}  (${pluralize(ids.length, "stage")})\n`)
  yield* print(formatTableOutput({ name: table.output, artifact: table.artifact, rows: count, bytes }, answer, rows, format))
})

interface Described {
  readonly name: string
  readonly artifact: string
  readonly rows: number
  readonly bytes: number
}

const formatTableOutput = (
  { name, artifact, rows, bytes }: Described,
  head: QueryResult,
  most: number,
  format: "table" | "wide",
): string => {
  const schema = formatTable(
    ["column", "type"],
    head.columns.map(({ name, type }) => [name, type]),
    screenWidth(),
  )
  const first = rows > head.rows.length && most > 0 ? `\n\nfirst ${pluralize(head.rows.length, "row")}:` : ""
  const parts = [`${name}: ${artifact}, ${pluralize(rows, "row")}, ${formatBytes(bytes)}\n\n${schema}${first}`]
  const names = head.columns.map((column) => column.name)
  if (head.rows.length > 0) parts.push(formatRows(names, head.rows, format))
  return parts.join("\n\n")
}

const formatOutput = Effect.fnUntraced(function* (
  record: RunRecord,
  result: StageResult,
  { name, stored }: Output,
  options: Options<"show">,
  format: "table" | "wide",
) {
  if (stored.kind === "files") {
    const files = stored.files.map((file) => [file.name, formatBytes(file.bytes)])
    return `${name}: ${stored.artifact}, ${pluralize(files.length, "file")}, ${formatBytes(stored.bytes)}\n\n${formatTable(["file", "size"], files, screenWidth())}`
  }
  const rows = rowsOr(options, firstRows)
  const head = yield* headOf(record, result, name, rows, format)
  return formatTableOutput({ name, artifact: stored.artifact, rows: stored.rows ?? 0, bytes: stored.bytes }, head, rows, format)
})

const headOf = Effect.fnUntraced(function* (record: RunRecord, result: StageResult, output: string, rows: number, format: RowFormat) {
  const views = { artifact: yield* openRunTable(yield* tableOf(record, result, Option.some(output))) }
  return yield* queryViews(views, `select * from artifact limit ${rows}`, answerLimits(format, rows))
})

const outputJson = Effect.fnUntraced(function* (record: RunRecord, result: StageResult, { name, stored }: Output, rows: number) {
  const { artifact, digest } = stored
  if (stored.kind === "files") {
    const { open } = yield* Results
    return { name, artifact, digest, bytes: stored.bytes, files: yield* open(result.manifest, name) }
  }
  const head = answerJson(yield* headOf(record, result, name, rows, "json"))
  return { name, artifact, digest, rows: stored.rows ?? 0, bytes: stored.bytes, columns: head.columns, head: head.rows }
})

/** How many rows are not shown; null if all are. */
const formatOmission = ({ rows, total }: QueryResult): string | null => {
  if (total === rows.length) return null
  const all = total === null ? "more than a million" : pluralize(total, "row")
  return `the first ${pluralize(rows.length, "row")} of ${all}; a LIMIT with OFFSET shows others, --json gives up to a million`
}

/** Rows as objects; columns with a repeated name get their number appended. */
const answerJson = ({ columns, rows }: QueryResult) => {
  const names = columns.map(({ name }) => name)
  const keys = names.map((name, index) => (names.indexOf(name) === index ? name : `${name}:${index}`))
  return { columns, rows: rows.map((row) => Object.fromEntries(row.map((value, index) => [keys[index], value]))) }
}
