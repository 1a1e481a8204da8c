import { expect, test } from "vitest"
import { readConfiguration } from "../../../runtime/telemetry/configuration.ts"

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" }
const read = (variables: Parameters<typeof readConfiguration>[0]) => readConfiguration({ ...endpoint, ...variables })

test("telemetry is off without an address, and nothing else is looked at", () => {
  for (const off of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: " " }, { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }])
    expect(readConfiguration({ ...off, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_TRACES_EXPORTER: "console" })).toEqual({
      configuration: null,
      problems: [],
    })
})

test("the address gets the path of each signal, and that of one signal is used as it is", () => {
  const { configuration, problems } = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://example.org/otlp",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs.example.org/in?tenant=1",
  })
  expect(problems).toEqual([])
  expect(configuration?.endpoints).toEqual({
    traces: "https://example.org/otlp/v1/traces",
    metrics: "https://example.org/otlp/v1/metrics",
    logs: "http://logs.example.org/in?tenant=1",
  })
  const { configuration: alone } = readConfiguration({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces" })
  expect(alone?.endpoints).toEqual({ traces: "http://localhost:4318/v1/traces", metrics: null, logs: null })
})

test("defaults are those of OpenTelemetry, and the service is assay", () => {
  const { configuration, problems } = read({})
  expect(problems).toEqual([])
  expect(configuration).toMatchObject({
    protocol: "http/protobuf",
    compression: "none",
    timeoutMs: 10_000,
    service: "assay",
    attributes: {},
    headers: {},
  })
})

test("headers and attributes are percent-decoded, and the name of the service can come from either variable", () => {
  const { configuration } = read({
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc%3D%3D, x-tenant = a",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=lab,deployment.environment.name=test%20rig",
  })
  expect(configuration?.headers).toEqual({ authorization: "Bearer abc==", "x-tenant": "a" })
  expect(configuration).toMatchObject({ service: "lab", attributes: { "deployment.environment.name": "test rig" } })
  expect(read({ OTEL_SERVICE_NAME: "mine", OTEL_RESOURCE_ATTRIBUTES: "service.name=lab" }).configuration?.service).toBe("mine")
})

test("a signal whose exporter is none is not sent", () => {
  const { configuration, problems } = read({ OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "console" })
  expect(configuration?.endpoints).toEqual({ traces: "http://localhost:4318/v1/traces", metrics: null, logs: null })
  expect(problems).toEqual(['OTEL_LOGS_EXPORTER is "console": give otlp or none; none is used'])
})

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" }, "OTEL_EXPORTER_OTLP_ENDPOINT", null],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "not an address" }, "OTEL_EXPORTER_OTLP_ENDPOINT", null],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "http/protobuf, http/json", { protocol: "http/protobuf" }],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, "whole number of milliseconds", { timeoutMs: 10_000 }],
  [{ OTEL_METRIC_EXPORT_INTERVAL: "0" }, "whole number of milliseconds", { metricsEveryMs: 10_000 }],
  [{ OTEL_RESOURCE_ATTRIBUTES: "a=1,b,c=%zz" }, "2 of its entries", { attributes: { a: "1" } }],
])("%o is ignored, with one problem that says what to give", (variables, said, left) => {
  const { configuration, problems } = read(variables)
  expect(problems).toEqual([expect.stringContaining(said)])
  if (left === null) expect(configuration).toBeNull()
  else expect(configuration).toMatchObject(left)
})

test("no problem shows the value of a header, or a password", () => {
  const { configuration, problems } = read({
    OTEL_EXPORTER_OTLP_HEADERS: "secret-1,x=secret-2%zz,bad name=secret-3,y=secret%0A4,fine=secret-5",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://me:secret-6@example.org/",
  })
  expect(configuration?.headers).toEqual({ fine: "secret-5" })
  expect(configuration?.endpoints.logs).toBeNull()
  expect(problems).toHaveLength(2)
  expect(problems.join(" ")).not.toContain("secret")
})
