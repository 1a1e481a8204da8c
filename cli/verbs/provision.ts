import { Effect, Layer } from "effect"
import { type BadSetting, type Events, type Executor, runtimeLayer, Settings, type Store } from "../../runtime/index.ts"
import { Surroundings } from "../surroundings.ts"

/** The runtime, set up for where the command was called. */
const runtime: Layer.Layer<Settings | Store | Executor | Events, BadSetting, Surroundings> = Layer.unwrap(
  Effect.map(Surroundings, (surroundings) => Layer.provideMerge(runtimeLayer, Settings.layer(surroundings))),
)

export const withRuntime = Effect.provide(runtime)
