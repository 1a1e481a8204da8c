import { Effect, Option } from "effect"
import { resolveStage, Upkeep } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson } from "../print/screen.ts"
import { findResult, findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** Pins the result of a stage in the latest run; without a stage, lists the pins. */
export const pin = Effect.fn("assay pin")(function* ({ stage, pipeline, ...flags }: Options<"pin">) {
  const format = yield* rowFormat(flags)
  const upkeep = yield* Upkeep
  if (Option.isNone(stage)) {
    const pins = yield* upkeep.pins
    // Without a stage: all pins.
    if (format === "json") return yield* printJson(pins)
    if (format === "csv")
      return yield* printCsv(
        ["key", "id", "pipeline"],
        pins.map((each) => [each.key, each.id, each.pipeline]),
      )
    if (pins.length === 0) return yield* print("nothing is pinned")
    for (const { key, id, pipeline } of pins) yield* print(`${key.slice(0, 12)}  ${id}  (${pipeline})`)
    return
  }
  const record = yield* findRun(pipeline)
  const { id, manifest } = yield* findResult(record, stage.value)
  const pinned = { key: manifest.key, id, pipeline: record.pipeline }
  yield* upkeep.pin(pinned)
  // With a stage: its pin.
  yield* format === "json" ? printJson(pinned) : print(`${id} is pinned: gc keeps it until "assay unpin ${id}"`)
}, withRuntime)

/** Removes the pins of a stage, or of a key or the start of it. */
export const unpin = Effect.fn("assay unpin")(function* ({ stage, json }: Options<"unpin">) {
  const upkeep = yield* Upkeep
  const pins = yield* upkeep.pins
  const matching = pins.filter(({ id, key }) => id === stage || (/^[0-9a-f]{8,}$/.test(stage) && key.startsWith(stage)))
  if (matching.length === 0) {
    const pinnedIds = [...new Set(pins.map(({ id }) => id))]
    if (pinnedIds.length === 0) return yield* new UsageError({ message: "nothing is pinned" })
    yield* resolveStage(pinnedIds, stage)
  }
  for (const { key } of matching) yield* upkeep.unpin(key)
  yield* json ? printJson(matching) : print(`${stage} is no longer pinned`)
}, withRuntime)
