import { Effect, type Option } from "effect"
import { loadPipeline, plan, Settings, Upkeep } from "../../runtime/index.ts"
import { bytes, counted } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

/** Whether every stage of a pipeline can be cached, why not where not, and how the store is. */
export const doctor = Effect.fn("assay doctor")(function* ({ pipeline, json }: Options) {
  const { census } = yield* Upkeep
  const { store: folder } = yield* Settings
  const { stages } = yield* plan(yield* loadPipeline(yield* chosenFile(pipeline)))
  const found = new Map(
    stages.map(({ stage, uncacheable, remarks, confinements }) => [stage, { stage, uncacheable, remarks, confinements }]),
  )
  const declared = [...found.values()]
  const store = yield* census
  if (json) return yield* printJson({ stages: declared.map((each) => ({ ...each, cacheable: each.uncacheable.length === 0 })), store })
  for (const { stage, uncacheable, remarks, confinements } of declared) {
    yield* print(`${uncacheable.length === 0 ? "cacheable     " : "not cacheable "}  ${stage}`)
    for (const said of [...uncacheable, ...remarks, ...confinements]) yield* print(`                  ${said}`)
  }
  const parts = [
    counted(store.results, "result"),
    `${counted(store.objects, "object")} of ${bytes(store.bytes)}`,
    counted(store.pins, "pin"),
  ]
  if (store.quarantined > 0) parts.push(`${counted(store.quarantined, "damaged file")} set aside in ${folder}/quarantine`)
  yield* print(`\n${folder}: ${parts.join(", ")}`)
}, withRuntime)
