import { Effect } from "effect"
import type { Configuration } from "./configuration.ts"
import { Telemetry } from "./telemetry.ts"
import { joinTrace } from "./traceparent.ts"

/**
 * Switches telemetry on for an effect, as configured, and sends what is left when it ends. Null
 * leaves it off, and loads nothing. `version` is that of Assay.
 */
export const withTelemetry =
  (configuration: Configuration | null, version: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    if (configuration === null) return effect
    return Effect.gen(function* () {
      const { openExporters } = yield* Effect.promise(() => import("./exporters.ts"))
      const telemetry = yield* openExporters(configuration, version)
      return yield* effect.pipe(joinTrace(configuration.traceparent), Effect.provideService(Telemetry, telemetry))
    }).pipe(Effect.scoped) as Effect.Effect<A, E, R>
  }
