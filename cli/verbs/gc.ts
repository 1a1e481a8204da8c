import { Effect, Option } from "effect"
import { byteCount, Upkeep } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { formatBytes, pluralize } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { withRuntime } from "./with-runtime.ts"

export const gc = Effect.fn("assay gc")(function* ({ runs, size, dryRun, json }: Options<"gc">) {
  if (runs < 0) return yield* new UsageError({ message: `--runs is ${runs}: expected an integer of at least 0` })
  const { collect } = yield* Upkeep
  const limit = yield* Option.match(size, { onNone: () => Effect.succeed(0), onSome: sizeOf })
  const collected = yield* collect({ runs, size: limit, dry: dryRun })
  if (json) return yield* printJson({ dryRun, ...collected })
  for (const { key, stage, bytes: size } of collected.results) yield* print(`${key.slice(0, 12)}  ${stage}  ${formatBytes(size)}`)
  const verb = dryRun ? "would be deleted" : "deleted"
  yield* print(
    `${pluralize(collected.results.length, "result")} and ${pluralize(collected.objects, "object")} ${verb}, ${formatBytes(collected.bytes)}; ${formatBytes(collected.kept)} kept`,
  )
  if (collected.answers > 0) yield* print(`${formatBytes(collected.answers)} of answers to rows and requests ${verb}`)
  if (collected.cache !== undefined)
    yield* print(
      `${collected.cache.folder}, the folder in front of it: ${pluralize(collected.cache.objects, "object")} ${verb}, ${formatBytes(collected.cache.bytes)}`,
    )
  if (Option.isSome(size) && collected.kept > limit)
    yield* print(`recent runs and pins keep more than ${formatBytes(limit)}: keep fewer runs with --runs, or unpin`)
}, withRuntime)

const sizeOf = (text: string): Effect.Effect<number, UsageError> => {
  const size = byteCount(text)
  return size === null
    ? Effect.fail(new UsageError({ message: `--size is "${text}": expected a number of bytes, such as 500MB or 20GB` }))
    : Effect.succeed(size)
}
