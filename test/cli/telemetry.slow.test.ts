/** The command with collectors that work, fail, hang or are absent. */

import { readdir, readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import protobuf from "protobufjs"
import { expect, test } from "vitest"
import { openCollector, spansIn } from "../runtime/telemetry/collector.ts"
import { newProject, type Project } from "./project.ts"

const secret = "Bearer s3cr3t"
const variables = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(secret)}`,
  OTEL_BSP_SCHEDULE_DELAY: "100",
  OTEL_METRIC_EXPORT_INTERVAL: "100",
})

/** An address where nothing listens any more. */
const absentCollector = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/**
 * Runs a pipeline; says what came of it, and how long the command went on when the run was done.
 */
const timedRun = async (project: Project, environment: Readonly<Record<string, string>>, ...arguments_: ReadonlyArray<string>) => {
  let done = Number.POSITIVE_INFINITY
  const ended = await project.assay(["run", "toy.ts", "--json", ...arguments_], environment, (text) => {
    if (text.includes('"type":"run.finished"')) done = Math.min(done, performance.now())
  })
  return { ...ended, afterwardsMs: performance.now() - done }
}

/** What a run says, without what differs from run to run. */
const stable = (text: string): string =>
  text
    .replace(/"seconds":[0-9.e-]+/g, '"seconds":0')
    .replace(/"run":"[^"]+"/g, '"run":""')
    .split("\n")
    .sort()
    .join("\n")

const textsIn = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")))).join("\n")
}

test("collectors that fail, hang or are absent change nothing that a run says, and cost two seconds at its end", async () => {
  const plain = await timedRun(await newProject(), {})
  expect(plain.code).toBe(0)
  const failing = await openCollector((response) => void response.writeHead(500).end("no"))
  const hanging = await openCollector(() => {})
  const working = await openCollector()
  for (const url of [working.url, failing.url, hanging.url, await absentCollector()]) {
    const project = await newProject()
    const { code, stdout, stderr, afterwardsMs } = await timedRun(project, variables(url))
    expect({ url, code, stderr, stdout: stable(stdout) }).toEqual({ url, code: 0, stderr: plain.stderr, stdout: stable(plain.stdout) })
    // A second of that is for the processes of a busy machine.
    expect(afterwardsMs).toBeLessThan(3500)
    expect(`${stdout}${stderr}${await textsIn(join(project.folder, ".assay"))}`).not.toContain("s3cr3t")
  }
  expect(hanging.received.length).toBeGreaterThan(0)
  expect(failing.received.length).toBeGreaterThan(0)
  for (const { headers, body } of working.received) {
    expect(headers.authorization).toBe(secret)
    expect(body.toString()).not.toContain("s3cr3t")
  }
  expect(spansIn(working).at(-1)?.name).toBe("run toy")
})

test("a failed run sends its last spans, and a run that is interrupted too", async () => {
  const project = await newProject()
  const collector = await openCollector()
  const { code } = await timedRun(project, variables(collector.url), "--set", "arms.beta=0.1.offline.beta=500")
  expect(code).toBe(1)
  expect(spansIn(collector).find(({ name }) => name === "run toy")).toMatchObject({ status: { code: 2 } })
  const other = await openCollector()
  const stopped = await project.assay(["run", "toy.ts", "--json", "--set", "corpus.rows=100000"], variables(other.url), (text, signal) => {
    if (text.includes('"type":"stage.started"')) signal("SIGINT")
  })
  expect(stopped.code).toBe(130)
  expect(spansIn(other).find(({ name }) => name === "run toy")?.attributes).toMatchObject({ "assay.run.outcome": "interrupted" })
})

test("a run in the trace of another program is a part of it, by TRACEPARENT", async () => {
  const collector = await openCollector()
  const parent = { traceId: "a1".repeat(16), spanId: "b2".repeat(8) }
  await timedRun(await newProject(), { ...variables(collector.url), TRACEPARENT: `00-${parent.traceId}-${parent.spanId}-01` })
  const spans = spansIn(collector)
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([parent.traceId]))
  expect(spans.find(({ name }) => name === "run toy")?.parentSpanId).toBe(parent.spanId)
})

test("by default it speaks protobuf, compressed where that is wanted", async () => {
  const collector = await openCollector()
  await timedRun(await newProject(), { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" })
  const traces = collector.received.filter(({ path }) => path === "/v1/traces")
  for (const { headers } of traces) expect(headers["content-type"]).toBe("application/x-protobuf")
  const { root } = protobuf.parse(`syntax = "proto3";
    message Traces { repeated ResourceSpans resource_spans = 1; }
    message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
    message ScopeSpans { repeated Span spans = 2; }
    message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; }`)
  // Small bodies stay as they are.
  expect(traces.some(({ headers }) => headers["content-encoding"] === "gzip")).toBe(true)
  const spans = traces.flatMap(({ headers, body: sent }) => {
    const body = headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent
    const { resourceSpans } = root.lookupType("Traces").toObject(root.lookupType("Traces").decode(body))
    return resourceSpans[0].scopeSpans[0].spans as ReadonlyArray<{ readonly name: string; readonly traceId: Uint8Array }>
  })
  expect(spans.map(({ name }) => name)).toContain("run toy")
  expect(new Set(spans.map(({ traceId }) => traceId.length))).toEqual(new Set([16]))
})

test("what is wrong in a variable is a warning, and ends no run", async () => {
  const { code, stderr } = await timedRun(await newProject(), { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" })
  expect(code).toBe(0)
  expect(stderr).toBe(
    'warning: OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318": give an address such as http://localhost:4318; nothing is sent there\n',
  )
})
