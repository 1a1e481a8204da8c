import { Effect, Option } from "effect"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { stores, transferRun } from "./transfer-run.ts"
import { withRuntime } from "./with-runtime.ts"

/** From the store that is named; from that of the settings to the folder in front of it. */
export const pull = Effect.fn("assay pull")(function* ({ run, from, json }: Options<"pull">) {
  const { own, cache, named } = yield* stores
  if (Option.isSome(from)) return yield* transferRun({ from: yield* named("--from", from.value), to: own, run, json })
  if (cache !== null) return yield* transferRun({ from: own, to: cache, run, json })
  return yield* new UsageError({
    message: "expected a store to copy from: give --from s3://bucket/prefix or a folder, or set ASSAY_STORE to one",
  })
}, withRuntime)
