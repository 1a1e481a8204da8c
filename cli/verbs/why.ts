import { Effect } from "effect"
import { loadPipeline, why as whyOf } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { formatCauses } from "../print/cause.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const why = Effect.fn("assay why")(function* ({ stage, pipeline, json }: Options<"why">) {
  const { id, verdict, because, uncacheable, remarks, same, harmless } = yield* whyOf(
    yield* loadPipeline(yield* findPipelineFile(pipeline)),
    stage,
  )
  if (json) return yield* printJson({ id, verdict, because, same, harmless })
  yield* print(`${id}: ${meaning[verdict]}`)
  for (const cause of formatCauses(id, because)) yield* print(`  ${cause}`)
  for (const file of harmless) yield* print(`  not a cause: ${file} was edited, but no code that this stage reaches`)
  if (because.length > 0 && same.length > 0) yield* print(`  not a cause: ${same.join(", ")}: the same as before`)
  for (const text of [...uncacheable.map((reason) => `not cacheable: ${reason}`), ...remarks]) yield* remark(`${id}: ${text}`)
}, withRuntime)

const meaning = {
  cached: "cached; nothing that it depends on has changed",
  run: "would run",
  unknown: "unknown until its inputs have run",
}
