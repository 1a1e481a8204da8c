import { Effect, Option, Stream } from "effect"
import { locationName, type RemoteLocation, readLocation, Settings } from "../../runtime/index.ts"
import { objectsAt, runsIn, type Transferred, transfer } from "../../runtime/store/remote/transfer/index.ts"
import { UsageError } from "../error.ts"
import { Invocation } from "../invocation.ts"
import { formatBytes, pluralize } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { findAmong } from "./resolve.ts"

/** A store that a command names, or the one that the settings name. */
export interface Stores {
  /** The store of the settings: the remote one, where there is one. */
  readonly own: RemoteLocation
  /** The folder in front of it; null where the folder is all. */
  readonly cache: RemoteLocation | null
  /** The store that a flag names. */
  readonly named: (flag: string, text: string) => ReturnType<typeof readLocation>
}

export const stores = Effect.gen(function* () {
  const { store, remote } = yield* Settings
  const { workingDirectory, environment } = yield* Invocation
  const folder: RemoteLocation = { kind: "folder", folder: store }
  return {
    own: remote ?? folder,
    cache: remote === null ? null : folder,
    named: (flag, text) => readLocation(text, { variable: flag, from: workingDirectory, environment }),
  } satisfies Stores
})

interface Wanted {
  readonly from: RemoteLocation
  readonly to: RemoteLocation
  readonly run: Option.Option<string>
  readonly json: boolean
}

/** Milliseconds between two lines about the progress of a transfer. */
const tellEveryMs = 2_000

/** Copies a run from one store to another, and says what that came to. */
export const transferRun = Effect.fnUntraced(function* ({ from, to, run, json }: Wanted) {
  const [fromName, toName] = [locationName(from), locationName(to)]
  if (fromName === toName) return yield* new UsageError({ message: `expected two stores, found ${fromName} twice: name another one` })
  const [source, target] = [objectsAt(from), objectsAt(to)]
  const record = yield* findRecord(runsIn(source), run, fromName)
  const { store: folder } = yield* Settings
  let toldAt = performance.now()
  const progress = (soFar: Transferred): void => {
    if (json || performance.now() - toldAt < tellEveryMs) return
    toldAt = performance.now()
    process.stderr.write(`${soFar.copied} of ${pluralize(soFar.results, "result")}, ${formatBytes(soFar.bytes)}\n`)
  }
  const transferred = yield* transfer({ from: source, to: target, isPacked: to.kind === "s3", run: record, folder, progress })
  const { results, copied, bytes, missing } = transferred
  if (json)
    return yield* printJson({ run: record.run, pipeline: record.pipeline, from: fromName, to: toName, results, copied, bytes, missing })
  const there = results - copied - missing.length
  const rest = there === 0 ? "" : `; ${there} were there already`
  yield* print(`${record.run} (${record.pipeline}): ${pluralize(copied, "result")}, ${formatBytes(bytes)}, copied to ${toName}${rest}`)
  if (missing.length > 0) yield* remark(`${fromName} does not have, or has damaged, the results of: ${missing.join(", ")}`)
})

/** The latest run, without reading any other; or the one that is named. */
const findRecord = Effect.fnUntraced(function* (runs: ReturnType<typeof runsIn>, wanted: Option.Option<string>, store: string) {
  if (Option.isSome(wanted)) return yield* findAmong(yield* Stream.runCollect(runs), wanted.value)
  const latest = yield* Stream.runHead(runs)
  if (Option.isSome(latest)) return latest.value
  return yield* new UsageError({ message: `${store} has no record of a run` })
})
