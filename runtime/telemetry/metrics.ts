import { Effect, Metric } from "effect"
import type { Attributes } from "./span.ts"
import { Telemetry } from "./telemetry.ts"

/**
 * The metrics of Assay. `unit` is of UCUM, as OpenTelemetry wants it: Effect has no field for it,
 * and takes it from an attribute.
 */
export const metrics = {
  stages: Metric.counter("assay.stage.outcomes", {
    description: "Stages with an outcome",
    attributes: { unit: "{stage}" },
    bigint: true,
    incremental: true,
  }),
  stageDuration: Metric.histogram("assay.stage.duration", {
    description: "Seconds that stages computed for",
    attributes: { unit: "s" },
    boundaries: [0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800, 36_000, 86_400],
  }),
  storeIo: Metric.counter("assay.store.io", {
    description: "Bytes of inputs that stages opened, and of results that were published",
    attributes: { unit: "By" },
    bigint: true,
    incremental: true,
  }),
  waiting: Metric.gauge("assay.stage.waiting", {
    description: "Stages of runs in progress that neither compute nor have an outcome",
    attributes: { unit: "{stage}" },
  }),
  computing: Metric.gauge("assay.stage.computing", {
    description: "Stages that compute",
    attributes: { unit: "{stage}" },
  }),
}

/** Counts bytes that the store handed out, or took. */
export const countBytes = (direction: "read" | "write", bytes: number): Effect.Effect<void> =>
  Effect.map(Telemetry, (telemetry) => {
    if (telemetry === null) return
    withAttributes(metrics.storeIo, { "disk.io.direction": direction }).updateUnsafe(BigInt(bytes), telemetry.metrics)
  })

export const withAttributes = <Input, State>(metric: Metric.Metric<Input, State>, attributes: Attributes): Metric.Metric<Input, State> =>
  Metric.withAttributes(
    metric,
    Object.entries(attributes).map(([name, value]): [string, string] => [name, String(value)]),
  )
