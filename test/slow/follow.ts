/**
 * Reads the journals of a store as a process of its own, and prints what it finds as one line of
 * JSON: the events of a run as they are read, those that it gets by following it, and whether the
 * run goes on.
 */

import { Effect, Layer, Stream } from "effect"
import { Journals } from "../../runtime/observe/journal/journals.ts"
import { Settings, type SettingsShape } from "../../runtime/settings.ts"
import { storeLayer } from "../../runtime/store/store.ts"

const [store = "", run = ""] = process.argv.slice(2)
const settings = Layer.succeed(Settings, { store } as SettingsShape)
const services = Layer.provideMerge(Journals.layer, storeLayer).pipe(Layer.provide(settings))

const answer = Effect.gen(function* () {
  const journals = yield* Journals
  const followed = yield* Stream.runCollect(journals.follow(run))
  const changes = yield* Stream.runCollect(journals.changes.pipe(Stream.interruptWhen(Effect.sleep(1500))))
  return { read: yield* journals.read(run), followed, changes, status: yield* journals.status(run), running: yield* journals.running }
})

console.log(JSON.stringify(await Effect.runPromise(Effect.provide(answer, services))))
