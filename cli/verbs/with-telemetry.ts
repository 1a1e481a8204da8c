import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { readTelemetry, withTelemetry } from "../../runtime/index.ts"
import { Invocation } from "../invocation.ts"
import { remark } from "../print/screen.ts"
import { withRuntime } from "./with-runtime.ts"

/**
 * Provides the runtime to a verb, and sends its telemetry where the environment asks for it. What
 * the environment gets wrong is a warning.
 */
export const withTelemetryAndRuntime = <A, E, R>(verb: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { environment } = yield* Invocation
    const { configuration, problems } = readTelemetry(environment)
    for (const problem of problems) yield* remark(`warning: ${problem}`)
    return yield* withTelemetry(configuration, manifest.version)(withRuntime(verb))
  })
