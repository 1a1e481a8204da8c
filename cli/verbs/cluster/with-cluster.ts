import { Effect } from "effect"
import { withTelemetryAndRuntime } from "../with-telemetry.ts"

/** The part of the runtime that knows clusters, loaded when it is wanted. */
export const clusterRuntime = Effect.promise(() => import("../../../runtime/cluster/index.ts"))

/** Provides the runtime to a verb, the database of the cluster, and telemetry where it is on. */
export const withCluster = <A, E, R>(verb: Effect.Effect<A, E, R>) =>
  withTelemetryAndRuntime(Effect.flatMap(clusterRuntime, ({ databaseLayer }) => Effect.provide(verb, databaseLayer)))
