/**
 * Sends telemetry by OTLP over HTTP. Loaded only where it is on: what it is made of takes time to
 * load.
 */

import { ConfigProvider, Context, Effect, Layer, type Logger, Metric, References, Scope, type Tracer } from "effect"
import type { HttpClient } from "effect/http"
import { OtlpExporter, OtlpLogger, OtlpMetrics, type OtlpSerialization, OtlpTracer } from "effect/observability"
import { type Closing, collectorClient } from "./client.ts"
import type { Configuration, SignalName } from "./configuration.ts"
import { type Resource, resourceOf } from "./resource.ts"
import { serialization } from "./serialization.ts"
import type { TelemetryShape } from "./telemetry.ts"

/** What is left to send has this long when a command ends, whatever the collector does. */
const flushMs = 1500

/** Milliseconds between two exports of log records. */
const logsEveryMs = 1000

type ExporterNeeds = HttpClient.HttpClient | OtlpSerialization.OtlpSerialization | OtlpExporter.Flusher

/** What every exporter is made with. */
interface ExporterOptions {
  readonly url: string
  readonly resource: Resource
  readonly headers: Configuration["headers"]
  readonly compression: Configuration["compression"]
  readonly shutdownTimeout: number
}

/**
 * Takes spans, metrics and logs while the scope is open, and sends them from time to time; what is
 * left is sent when it closes. A collector that is not there, slow or broken costs what was to be
 * sent to it, `flushMs` at the end, and nothing else. `version` is that of Assay.
 */
export const openExporters = Effect.fnUntraced(function* (configuration: Configuration, version: string) {
  const { endpoints, headers, compression, spansEveryMs, metricsEveryMs } = configuration
  const closing: Closing = { isClosing: false }
  const scopes: Array<Scope.Closeable> = []
  yield* Effect.addFinalizer((exit) => {
    closing.isClosing = true
    return Effect.forEach(scopes, (scope) => Scope.close(scope, exit), { concurrency: "unbounded", discard: true })
  })
  const metrics = Context.make(Metric.MetricRegistry, new Map())
  const services = yield* Layer.build(
    Layer.mergeAll(collectorClient(configuration, closing), serialization(configuration.protocol), OtlpExporter.layerFlusher),
  )
  const common = { resource: resourceOf(configuration, version), headers, compression, shutdownTimeout: flushMs }
  /** Makes the exporter of a signal, in a scope of its own: they are closed side by side. */
  const open = <A>(
    signal: SignalName,
    make: (options: ExporterOptions) => Effect.Effect<A, never, ExporterNeeds | Scope.Scope>,
  ): Effect.Effect<A | null> => {
    const url = endpoints[signal]
    if (url === null) return Effect.succeed(null)
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      scopes.push(scope)
      return yield* make({ url, ...common }).pipe(Scope.provide(scope), Effect.provide(Context.merge(services, metrics)), silent)
    })
  }
  const tracer: Tracer.Tracer | null = yield* open("traces", (options) => OtlpTracer.make({ ...options, exportInterval: spansEveryMs }))
  const logger: Logger.Logger<unknown, unknown> | null = yield* open("logs", (options) =>
    OtlpLogger.make({ ...options, exportInterval: logsEveryMs }),
  )
  yield* open("metrics", (options) => OtlpMetrics.make({ ...options, exportInterval: metricsEveryMs }))
  return { tracer, loggers: new Set(logger === null ? [] : [logger]), metrics } satisfies TelemetryShape
})

/**
 * An exporter says nothing of its own: it would name the headers it sends. It reads no variables
 * either: those that it would stop at have been read before.
 */
const silent = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provideService(References.CurrentLoggers, new Set()),
    Effect.provideService(References.TracerEnabled, false),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({})),
  )
