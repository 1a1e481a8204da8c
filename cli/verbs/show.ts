import { Effect, Option } from "effect"
import { type QueryResult, Results } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { dropEmptyColumns } from "../print/empty-columns.ts"
import { formatBytes, pluralize } from "../print/number.ts"
import { print, printJson, remark, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import type { StageResult } from "../stage-result.ts"
import { answerLimits, queryFirstRows, queryOutput } from "./query.ts"
import { findResult, findRun, type Output, selectOutputs } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const show = Effect.fn("assay show")(function* ({ stage, output, rows, sql, pipeline, json }: Options<"show">) {
  if (rows < 0) return yield* new UsageError({ message: `--rows is ${rows}: expected an integer of at least 0` })
  const result = yield* findResult(yield* findRun(pipeline), stage)
  const outputs = yield* selectOutputs(result, output)
  if (Option.isSome(sql)) {
    const answer = yield* queryOutput(result.manifest, yield* onlyTable(result, outputs), sql.value, answerLimits(json))
    // With `--sql`: rows as objects; columns with a repeated name get their number appended.
    if (json) return yield* printJson(answerJson(answer))
    yield* print(formatAnswer(answer))
    const omission = formatOmission(answer)
    return yield* omission === null ? Effect.void : remark(omission)
  }
  if (json) {
    const shown = yield* Effect.forEach(outputs, (shownOutput) => outputJson(result, shownOutput, rows))
    const { stage, key, printed = [] } = result.manifest
    // Without `--sql`: the outputs, with the first rows of tables.
    return yield* printJson({ id: result.id, stage, key, printed, outputs: shown })
  }
  yield* print(`${result.id}  (${result.manifest.stage}, key ${result.manifest.key.slice(0, 12)})`)
  for (const shownOutput of outputs) yield* print(`\n${yield* formatOutput(result, shownOutput, rows)}`)
  const { printed = [] } = result.manifest
  if (printed.length > 0) yield* print(`\nprinted when it ran:\n${printed.map((line) => `  ${line}`).join("\n")}`)
}, withRuntime)

const onlyTable = ({ id }: StageResult, outputs: ReadonlyArray<Output>) => {
  const tables = outputs.filter(({ stored }) => stored.kind === "table").map(({ name }) => name)
  if (tables.length === 1) return Effect.succeed(tables[0] as string)
  const reason = tables.length === 0 ? "has no table to query" : `has several tables; name one with --output: ${tables.join(", ")}`
  return Effect.fail(new UsageError({ message: `stage ${id} ${reason}` }))
}

const formatOutput = Effect.fnUntraced(function* ({ manifest }: StageResult, { name, stored }: Output, rows: number) {
  const title = `${name}: ${stored.artifact}`
  if (stored.kind === "files") {
    const files = stored.files.map((file) => [file.name, formatBytes(file.bytes)])
    return `${title}, ${pluralize(files.length, "file")}, ${formatBytes(stored.bytes)}\n\n${formatTable(["file", "size"], files, screenWidth())}`
  }
  const head = yield* queryFirstRows(manifest, name, rows, false)
  const first = (stored.rows ?? 0) > head.rows.length && rows > 0 ? `\n\nfirst ${pluralize(head.rows.length, "row")}:` : ""
  const schema = formatTable(
    ["column", "type"],
    head.columns.map(({ name, type }) => [name, type]),
    screenWidth(),
  )
  const parts = [`${title}, ${pluralize(stored.rows ?? 0, "row")}, ${formatBytes(stored.bytes)}\n\n${schema}${first}`]
  if (head.rows.length > 0) {
    const { names, rows } = dropEmptyColumns({ names: head.columns.map(({ name }) => name), rows: head.rows })
    parts.push(formatTable(names, rows, screenWidth()))
  }
  return parts.join("\n\n")
})

const outputJson = Effect.fnUntraced(function* ({ manifest }: StageResult, { name, stored }: Output, rows: number) {
  const { artifact, digest } = stored
  if (stored.kind === "files") {
    const { open } = yield* Results
    return { name, artifact, digest, bytes: stored.bytes, files: yield* open(manifest, name) }
  }
  const head = answerJson(yield* queryFirstRows(manifest, name, rows, true))
  return { name, artifact, digest, rows: stored.rows ?? 0, bytes: stored.bytes, columns: head.columns, head: head.rows }
})

const formatAnswer = ({ columns, rows }: QueryResult): string =>
  formatTable(
    columns.map(({ name }) => name),
    rows,
    screenWidth(),
  )

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
