import { Effect, Option } from "effect"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { stores, transferRun } from "./transfer-run.ts"
import { withRuntime } from "./with-runtime.ts"

/** To the store that is named; to that of the settings from the folder in front of it. */
export const push = Effect.fn("assay push")(function* ({ run, to, json }: Options<"push">) {
  const { own, cache, named } = yield* stores
  if (Option.isSome(to)) return yield* transferRun({ from: own, to: yield* named("--to", to.value), run, json })
  if (cache !== null) return yield* transferRun({ from: cache, to: own, run, json })
  return yield* new UsageError({
    message: "expected a store to copy to: give --to s3://bucket/prefix or a folder, or set ASSAY_STORE to one",
  })
}, withRuntime)
