import { Effect, Option } from "effect"
import { resolveStage, Upkeep } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { print, printJson } from "../print/screen.ts"
import { chosenRun, madeBy } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: Option.Option<string>
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

/** Keeps what a stage made in the last run; without a stage, lists what is kept. */
export const pin = Effect.fn("assay pin")(function* ({ stage, pipeline, json }: Options) {
  const upkeep = yield* Upkeep
  if (Option.isNone(stage)) {
    const pins = yield* upkeep.pins
    if (json) return yield* printJson(pins)
    if (pins.length === 0) return yield* print("nothing is pinned")
    for (const { key, id, pipeline } of pins) yield* print(`${key.slice(0, 12)}  ${id}  (${pipeline})`)
    return
  }
  const record = yield* chosenRun(pipeline)
  const { id, manifest } = yield* madeBy(record, stage.value)
  const pinned = { key: manifest.key, id, pipeline: record.pipeline }
  yield* upkeep.pin(pinned)
  yield* json ? printJson(pinned) : print(`${id} is pinned: no gc takes it away until "assay unpin ${id}"`)
}, withRuntime)

/** Takes pins away: those of a stage's name, or of a key or its start. */
export const unpin = Effect.fn("assay unpin")(function* ({ stage, json }: { readonly stage: string; readonly json: boolean }) {
  const upkeep = yield* Upkeep
  const pins = yield* upkeep.pins
  const meant = pins.filter(({ id, key }) => id === stage || (/^[0-9a-f]{8,}$/.test(stage) && key.startsWith(stage)))
  if (meant.length === 0) {
    const known = [...new Set(pins.map(({ id }) => id))]
    if (known.length === 0) return yield* new UsageError({ message: "nothing is pinned" })
    yield* resolveStage(known, stage)
  }
  for (const { key } of meant) yield* upkeep.unpin(key)
  yield* json ? printJson(meant) : print(`${stage} is no longer pinned`)
}, withRuntime)
