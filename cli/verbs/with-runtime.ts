import { Effect, Layer } from "effect"
import {
  type BadSetting,
  type Connections,
  type Events,
  type Executor,
  type Journals,
  Remarks,
  runtimeLayer,
  Settings,
  type Store,
  type StoreNotReadable,
} from "../../runtime/index.ts"
import { Invocation } from "../invocation.ts"
import { remark } from "../print/screen.ts"

/** The runtime, for the project in which the command was called. */
const runtime: Layer.Layer<Settings | Store | Journals | Executor | Connections | Events, BadSetting | StoreNotReadable, Invocation> =
  Layer.unwrap(Effect.map(Invocation, (invocation) => Layer.provideMerge(runtimeLayer, Settings.layer(invocation))))

/** Warns of the damaged results that a verb found in the store, and of those of another version. */
const warnOfDamage = Effect.gen(function* () {
  for (const message of yield* (yield* Remarks).take) yield* remark(`warning: ${message}`)
})

/** Provides the runtime to a verb, and warns of damage in the store when it ends. */
export const withRuntime = <A, E, R>(verb: Effect.Effect<A, E, R>) => Effect.provide(Effect.ensuring(verb, warnOfDamage), runtime)
