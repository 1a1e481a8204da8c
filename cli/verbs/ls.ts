import { Effect, type Option } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { Results } from "../../runtime/index.ts"
import { bytes as bytesText } from "../print/number.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { tableText } from "../print/table.ts"
import { chosenRun } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const ls = Effect.fn("assay ls")(function* ({ pipeline, json }: Options) {
  const results = yield* Results
  const record = yield* chosenRun(pipeline)
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
    outputs.map(({ name, artifact, rows, bytes }): ReadonlyArray<Json> => [name, artifact, rows, bytesText(bytes)]),
  )
  const [head = "", rule = "", ...lines] = tableText(["output", "artifact", "rows", "size"], rows, screenWidth() - indent.length).split(
    "\n",
  )
  // An id has a line of its own: it may be long, and somebody may want to copy it.
  const groups = listed.flatMap(({ id, stage, outcome, outputs }) => [
    outputs.length === 0 ? `${id}  (${stage}, ${outcome})` : `${id}  (${stage})`,
    ...lines.splice(0, outputs.length).map((line) => indent + line),
  ])
  yield* print([indent + head, indent + rule, ...groups].join("\n"))
}, withRuntime)

const indent = "  "
