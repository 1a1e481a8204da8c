import { Effect, Layer } from "effect"
import { Settings } from "../../../runtime/index.ts"
import { Invocation } from "../../invocation.ts"

/** Provides the settings alone: engines need no store, and no project. */
export const withSettings = <A, E, R>(verb: Effect.Effect<A, E, R>) =>
  Effect.provide(verb, Layer.unwrap(Effect.map(Invocation, (invocation) => Settings.layer(invocation))))
