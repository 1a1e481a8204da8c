import { Effect, Option } from "effect"
import { byteCount, Upkeep } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { bytes, counted } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly runs: number
  readonly size: Option.Option<string>
  readonly dryRun: boolean
  readonly json: boolean
}

export const gc = Effect.fn("assay gc")(function* ({ runs, size, dryRun, json }: Options) {
  if (runs < 0) return yield* new UsageError({ message: `--runs is ${runs}: give a whole number from 0` })
  const { collect } = yield* Upkeep
  const limit = yield* Option.match(size, { onNone: () => Effect.succeed(0), onSome: sizeOf })
  const collected = yield* collect({ runs, size: limit, dry: dryRun })
  if (json) return yield* printJson({ dryRun, ...collected })
  for (const { key, stage, bytes: size } of collected.results) yield* print(`${key.slice(0, 12)}  ${stage}  ${bytes(size)}`)
  const verb = dryRun ? "would go" : "went"
  yield* print(
    `${counted(collected.results.length, "result")} and ${counted(collected.objects, "object")} ${verb}, ${bytes(collected.bytes)}; ${bytes(collected.kept)} stay`,
  )
  if (Option.isSome(size) && collected.kept > limit)
    yield* print(`recent runs and pins alone keep more than ${bytes(limit)}; keep fewer of them with --runs, or unpin`)
}, withRuntime)

const sizeOf = (text: string): Effect.Effect<number, UsageError> => {
  const size = byteCount(text)
  return size === null
    ? Effect.fail(new UsageError({ message: `--size is "${text}": give a number of bytes, such as 500MB or 20GB` }))
    : Effect.succeed(size)
}
