import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { Results } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const ls = Effect.fn("assay ls")(function* ({ pipeline, json }: Options<"ls">) {
  const results = yield* Results
  const record = yield* findRun(pipeline)
  const manifests = yield* results.of(record)
  const listed = record.stages.map(({ id, stage, key, outcome }) => ({
    id,
    stage,
    key,
    outcome,
    outputs: Object.entries(manifests.get(id)?.outputs ?? {}).map(([name, { artifact, digest, rows, bytes }]) => ({
      name,
      artifact,
      digest,
      rows: rows ?? null,
      bytes,
    })),
  }))
  if (json) return yield* printJson(listed.map(({ outcome: _, ...entry }) => entry))
  const rows = listed.flatMap(({ outputs }) =>
    outputs.map(({ name, artifact, rows, bytes }): ReadonlyArray<Json> => [name, artifact, rows, formatBytes(bytes)]),
  )
  const [head = "", rule = "", ...lines] = formatTable(["output", "artifact", "rows", "size"], rows, screenWidth() - indent.length).split(
    "\n",
  )
  // An id has a line of its own, because it may be long and is often copied.
  const groups = listed.flatMap(({ id, stage, outcome, outputs }) => [
    outputs.length === 0 ? `${id}  (${stage}, ${outcome})` : `${id}  (${stage})`,
    ...lines.splice(0, outputs.length).map((line) => indent + line),
  ])
  yield* print([indent + head, indent + rule, ...groups].join("\n"))
}, withRuntime)

const indent = "  "
