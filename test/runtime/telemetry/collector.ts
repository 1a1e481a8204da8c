/** A collector of OpenTelemetry: a real HTTP server that keeps what it is sent. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Collector {
  readonly url: string
  readonly received: ReadonlyArray<Received>
}

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> }

/** A span as OTLP's JSON has it, its attributes by name. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: number; readonly message?: string }
}

/** Answers every request by `answer`, at first with 200. Ends with the test. */
export const openCollector = async (answer = (response: ServerResponse): void => void response.end("{}")): Promise<Collector> => {
  const received: Array<Received> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of OTLP, of which tests check what they use.
const jsonAt = ({ received }: Collector, path: string): ReadonlyArray<any> =>
  received.filter((each) => each.path === path).map(({ body }) => JSON.parse(body.toString()))

const attributesOf = (attributes: ReadonlyArray<Attribute>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

export const spansIn = (collector: Collector): ReadonlyArray<Span> =>
  jsonAt(collector, "/v1/traces").flatMap(({ resourceSpans }) =>
    resourceSpans[0].scopeSpans[0].spans.map((span: Span & { readonly attributes: ReadonlyArray<Attribute> }) => ({
      ...span,
      attributes: attributesOf(span.attributes),
    })),
  )

export const resourceIn = (collector: Collector): Readonly<Record<string, unknown>> =>
  attributesOf(jsonAt(collector, "/v1/traces")[0].resourceSpans[0].resource.attributes)

export interface Metric {
  readonly unit: string
  readonly points: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** Of the last export, each metric by its name. */
export const metricsIn = (collector: Collector): Readonly<Record<string, Metric>> => {
  const { metrics } = jsonAt(collector, "/v1/metrics").at(-1).resourceMetrics[0].scopeMetrics[0]
  const found = (metrics as ReadonlyArray<Record<string, never>>).map(({ name, unit, sum, gauge, histogram }) => {
    const { dataPoints } = (sum ?? gauge ?? histogram) as unknown as { readonly dataPoints: ReadonlyArray<Record<string, unknown>> }
    const points = dataPoints.map(({ attributes, asInt, asDouble, count, sum }) => ({
      ...attributesOf(attributes as ReadonlyArray<Attribute>),
      value: asInt ?? asDouble ?? { count, sum },
    }))
    return [name, { unit, points }]
  })
  return Object.fromEntries(found)
}

export interface LogRecord {
  readonly severity: string
  readonly traceId: string
  readonly message: unknown
  readonly attributes: Readonly<Record<string, unknown>>
}

export const logsIn = (collector: Collector): ReadonlyArray<LogRecord> =>
  jsonAt(collector, "/v1/logs").flatMap(({ resourceLogs }) =>
    (resourceLogs[0].scopeLogs[0].logRecords as ReadonlyArray<Record<string, never>>).map(
      ({ severityText, traceId, body, attributes }) => ({
        severity: String(severityText),
        traceId: String(traceId),
        message: Object.values(body ?? {})[0],
        attributes: attributesOf(attributes as unknown as ReadonlyArray<Attribute>),
      }),
    ),
  )
