import { Effect } from "effect"
import { loadPipeline, locationName, plan, Settings, Upkeep } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { engineLine } from "../print/engine.ts"
import { formatBytes, pluralize } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** Loaded here alone: it starts processes. */
const engineExamination = Effect.promise(() => import("../engine/examine.ts"))

/**
 * Checks whether every stage of a pipeline can be cached, and if not, why; then the state of the
 * store; then which engines compute, and what the others lack.
 */
export const doctor = Effect.fn("assay doctor")(function* ({ pipeline, json }: Options<"doctor">) {
  const { census } = yield* Upkeep
  const settings = yield* Settings
  const { store: folder, remote } = settings
  const place = remote === null ? folder : locationName(remote)
  const { stages } = yield* plan(yield* loadPipeline(yield* findPipelineFile(pipeline)))
  const byName = new Map(
    stages.map(({ stage, uncacheable, remarks, confinements }) => [stage, { stage, uncacheable, remarks, confinements }]),
  )
  const declared = [...byName.values()]
  const store = yield* census
  const { examineEngines } = yield* engineExamination
  if (json) {
    const engines = yield* examineEngines(settings)
    return yield* printJson({ stages: declared.map((stage) => ({ ...stage, cacheable: stage.uncacheable.length === 0 })), store, engines })
  }
  for (const { stage, uncacheable, remarks, confinements } of declared) {
    yield* print(`${uncacheable.length === 0 ? "cacheable     " : "not cacheable "}  ${stage}`)
    for (const text of [...uncacheable, ...remarks, ...confinements]) yield* print(`                  ${text}`)
  }
  const parts = [
    pluralize(store.results, "result"),
    `${pluralize(store.objects, "object")} of ${formatBytes(store.bytes)}`,
    pluralize(store.pins, "pin"),
  ]
  if (store.answers > 0) parts.push(`${formatBytes(store.answers)} of answers to rows and requests`)
  if (store.quarantined > 0) parts.push(`${pluralize(store.quarantined, "damaged file")} quarantined in ${place}/quarantine`)
  yield* print(`\n${place}: ${parts.join(", ")}\n`)
  for (const { works, problem, ...engine } of yield* examineEngines(settings)) {
    yield* print(`${works ? "works         " : "does not work "}  ${engineLine(engine)}`)
    if (problem !== null) yield* print(`                  ${problem}`)
  }
}, withRuntime)
