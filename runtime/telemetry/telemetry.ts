import { Context, type Logger, type Tracer } from "effect"

/** What takes spans, metrics and logs while telemetry is on. */
export interface TelemetryShape {
  /** Null where no traces are sent. */
  readonly tracer: Tracer.Tracer | null
  /** None where no logs are sent. */
  readonly loggers: ReadonlySet<Logger.Logger<unknown, unknown>>
  /** Has the registry that metrics are kept in. */
  readonly metrics: Context.Context<never>
}

/**
 * The telemetry of this command; null where it is off, as it is by default. What measures looks
 * here first, and does nothing then.
 */
export const Telemetry: Context.Reference<TelemetryShape | null> = Context.Reference("assay/runtime/Telemetry", {
  defaultValue: (): TelemetryShape | null => null,
})
