import { Effect, Layer } from "effect"
import { type BadSetting, type Events, type Executor, Remarks, runtimeLayer, Settings, type Store } from "../../runtime/index.ts"
import { remark } from "../print/screen.ts"
import { Surroundings } from "../surroundings.ts"

/** The runtime, set up for where the command was called. */
const runtime: Layer.Layer<Settings | Store | Executor | Events, BadSetting, Surroundings> = Layer.unwrap(
  Effect.map(Surroundings, (surroundings) => Layer.provideMerge(runtimeLayer, Settings.layer(surroundings))),
)

/** What a verb came across in the store that its reader should know: damaged results, and those of another version. */
const tellDamages = Effect.gen(function* () {
  for (const message of yield* (yield* Remarks).take) yield* remark(`warning: ${message}`)
})

export const withRuntime = <A, E, R>(verb: Effect.Effect<A, E, R>) => Effect.provide(Effect.ensuring(verb, tellDamages), runtime)
