import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { Results, type StageOutcome } from "../../runtime/index.ts"
import { duration } from "../../runtime/observe/format.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const ls = Effect.fn("assay ls")(function* ({ pipeline, time, ...flags }: Options<"ls">) {
  const format = yield* rowFormat(flags)
  const results = yield* Results
  const record = yield* findRun(pipeline)
  const manifests = yield* results.of(record)
  const listed = record.stages.map(
    ({ id, stage, key, outcome, seconds }): ListedStage => ({
      id,
      stage,
      key,
      outcome,
      // Of a cached stage, what it took when it was computed.
      seconds: outcome === "cached" ? (manifests.get(id)?.seconds ?? null) : seconds,
      outputs: Object.entries(manifests.get(id)?.outputs ?? {}).map(([name, { artifact, digest, rows, bytes }]) => ({
        name,
        artifact,
        digest,
        rows: rows ?? null,
        bytes,
      })),
    }),
  )
  if (format === "json")
    return yield* printJson(listed.map(({ outcome, seconds, ...entry }) => (time ? { ...entry, outcome, seconds } : entry)))
  if (format === "csv") return yield* printCsv(csvColumns, listed.flatMap(csvRows))
  const rows = listed.flatMap(({ outputs }) =>
    outputs.map(({ name, artifact, rows, bytes }): ReadonlyArray<Json> => [name, artifact, rows, formatBytes(bytes)]),
  )
  const [head = "", rule = "", ...lines] = formatTable(["output", "artifact", "rows", "size"], rows, screenWidth() - indent.length).split(
    "\n",
  )
  // An id has a line of its own, because it may be long and is often copied.
  const groups = listed.flatMap(({ id, stage, outcome, seconds, outputs }) => [
    `${id}  (${[stage, ...(outputs.length === 0 || time ? [outcome] : [])].join(", ")})${time && seconds !== null ? `  ${duration(seconds)}` : ""}`,
    ...lines.splice(0, outputs.length).map((line) => indent + line),
  ])
  yield* print([indent + head, indent + rule, ...groups].join("\n"))
}, withRuntime)

interface ListedStage {
  readonly id: string
  readonly stage: string
  readonly key: string | null
  readonly outcome: StageOutcome["outcome"]
  readonly seconds: number | null
  readonly outputs: ReadonlyArray<{
    readonly name: string
    readonly artifact: string
    readonly digest: string
    readonly rows: number | null
    readonly bytes: number
  }>
}

const csvColumns = ["id", "stage", "outcome", "seconds", "key", "output", "artifact", "rows", "bytes", "digest"]

const csvRows = ({ id, stage, outcome, seconds, key, outputs }: ListedStage): ReadonlyArray<ReadonlyArray<Json>> => {
  const own = [id, stage, outcome, seconds, key]
  if (outputs.length === 0) return [[...own, null, null, null, null, null]]
  return outputs.map(({ name, artifact, rows, bytes, digest }) => [...own, name, artifact, rows, bytes, digest])
}

const indent = "  "
