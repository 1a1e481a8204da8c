import { headersIn, pairsIn } from "./pairs.ts"
import type { TelemetryVariables } from "./variables.ts"

export type SignalName = "traces" | "metrics" | "logs"

/** Where telemetry goes, and how. */
export interface Configuration {
  /** The address of each signal; null for one that is not sent. */
  readonly endpoints: Readonly<Record<SignalName, string | null>>
  /** Secrets, perhaps. */
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: "http/protobuf" | "http/json"
  readonly compression: "none" | "gzip"
  readonly timeoutMs: number
  readonly spansEveryMs: number
  readonly metricsEveryMs: number
  readonly service: string
  readonly attributes: Readonly<Record<string, string>>
  /** The span that a run belongs to, as W3C Trace Context spells it; null if it has none. */
  readonly traceparent: string | null
}

export interface ReadConfiguration {
  /** Null where telemetry is off. */
  readonly configuration: Configuration | null
  /** What is wrong in the variables, and what follows. No value of a header is in it. */
  readonly problems: ReadonlyArray<string>
}

const off: ReadConfiguration = { configuration: null, problems: [] }

/**
 * What the environment says of telemetry. As OpenTelemetry wants it, a setting that cannot be used
 * ends nothing: it is ignored, and one of the problems says so.
 */
export const readConfiguration = (environment: TelemetryVariables): ReadConfiguration => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base } = environment
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === "true") return off
  const problems: Array<string> = []
  const reader = readerOf(environment, (problem) => void problems.push(problem))
  const endpoint = (signal: SignalName): string | null => {
    const name = signal.toUpperCase() as Uppercase<SignalName>
    const own = `OTEL_EXPORTER_OTLP_${name}_ENDPOINT` as const
    if (!isSet(base) && !isSet(environment[own])) return null
    if (!reader.isExported(`OTEL_${name}_EXPORTER`)) return null
    return isSet(environment[own]) ? reader.address(own) : reader.address("OTEL_EXPORTER_OTLP_ENDPOINT", `v1/${signal}`)
  }
  const endpoints = { traces: endpoint("traces"), metrics: endpoint("metrics"), logs: endpoint("logs") }
  if (Object.values(endpoints).every((each) => each === null)) return { configuration: null, problems: unique(problems) }
  const protocol = reader.oneOf("OTEL_EXPORTER_OTLP_PROTOCOL", ["http/protobuf", "http/json"])
  const { "service.name": named, ...attributes } = reader.pairs("OTEL_RESOURCE_ATTRIBUTES", pairsIn)
  const configuration: Configuration = {
    endpoints,
    headers: reader.pairs("OTEL_EXPORTER_OTLP_HEADERS", headersIn),
    protocol,
    compression: reader.oneOf("OTEL_EXPORTER_OTLP_COMPRESSION", ["none", "gzip"]),
    timeoutMs: reader.milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
    spansEveryMs: reader.milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5000),
    metricsEveryMs: reader.milliseconds("OTEL_METRIC_EXPORT_INTERVAL", 10_000),
    service: isSet(environment.OTEL_SERVICE_NAME) ? environment.OTEL_SERVICE_NAME : (named ?? "assay"),
    attributes,
    traceparent: isSet(environment.TRACEPARENT) ? environment.TRACEPARENT : null,
  }
  return { configuration, problems: unique(problems) }
}

/** An empty variable counts as one that is not set. */
const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ""

const unique = (problems: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(problems)]

const readerOf = (environment: TelemetryVariables, problem: (text: string) => void) => ({
  /** The first of `values` where the variable is none of them. */
  oneOf: <const V extends string>(variable: keyof TelemetryVariables, values: readonly [V, ...V[]]): V => {
    const given = environment[variable]
    const found = isSet(given) ? values.find((value) => value === given.trim().toLowerCase()) : values[0]
    if (found === undefined) problem(`${variable} is "${given}": give one of ${values.join(", ")}; ${values[0]} is used`)
    return found ?? values[0]
  },
  milliseconds: (variable: keyof TelemetryVariables, standard: number): number => {
    const given = environment[variable]
    if (!isSet(given)) return standard
    if (/^[1-9][0-9]{0,8}$/.test(given.trim())) return Number(given)
    problem(`${variable} is "${given}": give a whole number of milliseconds from 1; ${standard} is used`)
    return standard
  },
  pairs: (variable: keyof TelemetryVariables, read: typeof pairsIn): Readonly<Record<string, string>> => {
    const { values, omitted } = read(environment[variable] ?? "")
    if (omitted > 0) problem(`${variable} has ${omitted} of its entries left out: give name=value, with commas between, percent-encoded`)
    return values
  },
  isExported: (variable: keyof TelemetryVariables): boolean => {
    const given = environment[variable]
    if (!isSet(given)) return true
    const names = given.split(",").map((name) => name.trim().toLowerCase())
    if (names.includes("otlp")) return true
    if (!names.includes("none")) problem(`${variable} is "${given}": give otlp or none; none is used`)
    return false
  },
  /** The address in a variable, with `path` added; null, and a problem, where it is not one. */
  address: (variable: keyof TelemetryVariables, path = ""): string | null => {
    const given = environment[variable]?.trim() ?? ""
    const url = URL.canParse(given) ? new URL(given) : null
    if (url === null || !/^https?:$/.test(url.protocol)) {
      problem(`${variable} is "${given}": give an address such as http://localhost:4318; nothing is sent there`)
      return null
    }
    if (url.username !== "" || url.password !== "") {
      problem(`${variable} has a user or a password in it: give them in OTEL_EXPORTER_OTLP_HEADERS; nothing is sent there`)
      return null
    }
    if (path !== "") url.pathname += `${url.pathname.endsWith("/") ? "" : "/"}${path}`
    return url.href
  },
})
