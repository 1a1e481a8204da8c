/** The variables of OpenTelemetry that Assay reads. Names and forms are OpenTelemetry's. */
export interface TelemetryVariables {
  /**
   * Address of an OpenTelemetry collector that takes OTLP over HTTP, such as
   * `http://localhost:4318`: it gets traces, metrics and logs of runs. Default: none, and nothing
   * is measured or sent.
   */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  /** Address for traces alone, used as it is, with its path. */
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined
  /** The same for metrics. */
  readonly OTEL_EXPORTER_OTLP_METRICS_ENDPOINT?: string | undefined
  /** The same for logs. */
  readonly OTEL_EXPORTER_OTLP_LOGS_ENDPOINT?: string | undefined
  /**
   * Headers for the collector: `name=value`, several with commas between, percent-encoded. They are
   * sent to the collector, and written nowhere.
   */
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined
  /** `http/protobuf` (the default) or `http/json`. */
  readonly OTEL_EXPORTER_OTLP_PROTOCOL?: string | undefined
  /** `none` (the default) or `gzip`. */
  readonly OTEL_EXPORTER_OTLP_COMPRESSION?: string | undefined
  /** Milliseconds that a collector has for an answer. Default: 10000. */
  readonly OTEL_EXPORTER_OTLP_TIMEOUT?: string | undefined
  /** `otlp` (the default) or `none`, which sends no traces. */
  readonly OTEL_TRACES_EXPORTER?: string | undefined
  /** The same for metrics. */
  readonly OTEL_METRICS_EXPORTER?: string | undefined
  /** The same for logs. */
  readonly OTEL_LOGS_EXPORTER?: string | undefined
  /** Milliseconds between two exports of spans. Default: 5000. */
  readonly OTEL_BSP_SCHEDULE_DELAY?: string | undefined
  /** Milliseconds between two exports of metrics. Default: 10000. */
  readonly OTEL_METRIC_EXPORT_INTERVAL?: string | undefined
  /** The name of the service in what is sent. Default: `assay`. */
  readonly OTEL_SERVICE_NAME?: string | undefined
  /** Attributes of everything that is sent: `name=value`, several with commas between. */
  readonly OTEL_RESOURCE_ATTRIBUTES?: string | undefined
  /** `true` switches telemetry off. */
  readonly OTEL_SDK_DISABLED?: string | undefined
  /**
   * A span of another program, in the form of W3C Trace Context: the run becomes part of its trace.
   */
  readonly TRACEPARENT?: string | undefined
}
