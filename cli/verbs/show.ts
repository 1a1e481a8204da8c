import { Effect, Option } from "effect"
import { type QueryResult, Results } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Made } from "../made.ts"
import { filledColumns } from "../print/filled.ts"
import { bytes, counted } from "../print/number.ts"
import { print, printJson, remark, screenWidth } from "../print/screen.ts"
import { tableText } from "../print/table.ts"
import { chosenOutputs, chosenRun, madeBy, type Output } from "./choice.ts"
import { headOf, queryOutput, wantedOf } from "./head.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: string
  readonly output: Option.Option<string>
  readonly rows: number
  readonly sql: Option.Option<string>
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const show = Effect.fn("assay show")(function* ({ stage, output, rows, sql, pipeline, json }: Options) {
  if (rows < 0) return yield* new UsageError({ message: `--rows is ${rows}: give a whole number from 0` })
  const made = yield* madeBy(yield* chosenRun(pipeline), stage)
  const outputs = yield* chosenOutputs(made, output)
  if (Option.isSome(sql)) {
    const answer = yield* queryOutput(made.manifest, yield* onlyTable(made, outputs), sql.value, wantedOf(json))
    if (json) return yield* printJson(answerJson(answer))
    yield* print(answerText(answer))
    const left = leftOut(answer)
    return yield* left === null ? Effect.void : remark(left)
  }
  if (json) {
    const shown = yield* Effect.forEach(outputs, (each) => outputJson(made, each, rows))
    return yield* printJson({ id: made.id, stage: made.manifest.stage, key: made.manifest.key, outputs: shown })
  }
  yield* print(`${made.id}  (${made.manifest.stage}, key ${made.manifest.key.slice(0, 12)})`)
  for (const each of outputs) yield* print(`\n${yield* outputText(made, each, rows)}`)
}, withRuntime)

const onlyTable = ({ id }: Made, outputs: ReadonlyArray<Output>) => {
  const tables = outputs.filter(({ stored }) => stored.kind === "table").map(({ name }) => name)
  if (tables.length === 1) return Effect.succeed(tables[0] as string)
  const reason = tables.length === 0 ? "has no table to query" : `has several tables: name one with --output: ${tables.join(", ")}`
  return Effect.fail(new UsageError({ message: `stage ${id}: ${reason}` }))
}

const outputText = Effect.fnUntraced(function* ({ manifest }: Made, { name, stored }: Output, rows: number) {
  const title = `${name}: ${stored.artifact}`
  if (stored.kind === "files") {
    const files = stored.files.map((file) => [file.name, bytes(file.bytes)])
    return `${title}, ${counted(files.length, "file")}, ${bytes(stored.bytes)}\n\n${tableText(["file", "size"], files, screenWidth())}`
  }
  const head = yield* headOf(manifest, name, rows, false)
  const first = (stored.rows ?? 0) > head.rows.length && rows > 0 ? `\n\nfirst ${counted(head.rows.length, "row")}:` : ""
  const schema = tableText(
    ["column", "type"],
    head.columns.map(({ name, type }) => [name, type]),
    screenWidth(),
  )
  const parts = [`${title}, ${counted(stored.rows ?? 0, "row")}, ${bytes(stored.bytes)}\n\n${schema}${first}`]
  if (head.rows.length > 0) {
    const filled = filledColumns({ names: head.columns.map(({ name }) => name), rows: head.rows })
    parts.push(tableText(filled.names, filled.rows, screenWidth()))
  }
  return parts.join("\n\n")
})

const outputJson = Effect.fnUntraced(function* ({ manifest }: Made, { name, stored }: Output, rows: number) {
  const { artifact, digest } = stored
  if (stored.kind === "files") {
    const { open } = yield* Results
    return { name, artifact, digest, bytes: stored.bytes, files: yield* open(manifest, name) }
  }
  const head = answerJson(yield* headOf(manifest, name, rows, true))
  return { name, artifact, digest, rows: stored.rows ?? 0, bytes: stored.bytes, columns: head.columns, head: head.rows }
})

const answerText = ({ columns, rows }: QueryResult): string =>
  tableText(
    columns.map(({ name }) => name),
    rows,
    screenWidth(),
  )

/** What the reader is not shown; null if that is nothing. */
const leftOut = ({ rows, total }: QueryResult): string | null => {
  if (total === rows.length) return null
  const all = total === null ? "more than a million" : counted(total, "row")
  return `the first ${counted(rows.length, "row")} of ${all}; a LIMIT with OFFSET shows others, --json gives up to a million`
}

/** Rows as objects; of columns that share a name, all but the first carry their number. */
const answerJson = ({ columns, rows }: QueryResult) => {
  const names = columns.map(({ name }) => name)
  const keys = names.map((name, index) => (names.indexOf(name) === index ? name : `${name}:${index}`))
  return { columns, rows: rows.map((row) => Object.fromEntries(row.map((value, index) => [keys[index], value]))) }
}
