import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { Store } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const ls = Effect.fn("assay ls")(function* ({ pipeline, json }: Options<"ls">) {
  const store = yield* Store
  const record = yield* findRun(pipeline)
  const listed = yield* Effect.forEach(record.stages, ({ id, stage, key, outcome }) =>
    Effect.map(key === null ? Effect.succeed(null) : store.manifest(key), (manifest) => ({
      id,
      stage,
      key,
      outcome,
      outputs: Object.entries(manifest?.outputs ?? {}).map(([name, { artifact, digest, rows, bytes }]) => ({
        name,
        artifact,
        digest,
        rows: rows ?? null,
        bytes,
      })),
    })),
  )
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
