import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, run } from "../../../runtime/index.ts"
import { readConfiguration } from "../../../runtime/telemetry/configuration.ts"
import type { TelemetryVariables } from "../../../runtime/telemetry/variables.ts"
import { withTelemetry } from "../../../runtime/telemetry/with-telemetry.ts"
import { type Project, toyProject } from "../project.ts"
import { type Collector, logsIn, metricsIn, openCollector, resourceIn, type Span, spansIn } from "./collector.ts"

/** Runs the pipeline of a project with telemetry to a collector. */
const observedRun = (project: Project, { url }: Collector, variables: TelemetryVariables = {}) => {
  const { configuration, problems } = readConfiguration({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    ...variables,
  })
  expect(problems).toEqual([])
  return project.provided(Effect.flatMap(loadPipeline(`${project.root}/pipeline.ts`), run).pipe(withTelemetry(configuration, "1.2.3")))
}

/** The names of a span and of those around it, from the inside out. */
const pathOf = (span: Span, spans: ReadonlyArray<Span>): ReadonlyArray<string> => {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return [span.name, ...(parent === undefined ? [] : pathOf(parent, spans))]
}

test("a run is one trace: each stage is a span in it, and in that the store's work and the computation", async () => {
  const collector = await openCollector()
  const { run, stages } = await observedRun(toyProject(), collector)
  const spans = spansIn(collector)
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined)
  expect(roots).toMatchObject([{ name: "run toy", status: { code: 1 } }])
  expect(roots[0]?.attributes).toMatchObject({
    "assay.run.id": run,
    "assay.pipeline.name": "toy",
    "assay.run.outcome": "done",
    "assay.run.stages.total": 5,
    "assay.run.stages.finished": 5,
    "assay.run.stages.cached": 0,
  })
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  for (const { id, stage, key } of stages) {
    const span = spans.find(({ attributes }) => attributes["assay.stage.id"] === id) as Span
    expect(pathOf(span, spans)).toEqual([`stage ${stage}`, "run toy"])
    expect(span.attributes).toMatchObject({
      "assay.stage.name": stage,
      "assay.stage.key": key,
      "assay.stage.outcome": "finished",
      "assay.stage.threads": expect.any(Number),
      "host.name": expect.any(String),
    })
    const inside = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
    expect(inside.map(({ name }) => name)).toEqual(["open inputs", "compute", "publish"])
    expect(inside[2]?.attributes["assay.store.bytes"]).toBeGreaterThan(0)
    expect(Number(inside[0]?.attributes["assay.store.bytes"]) > 0).toBe(stage !== "draw")
  }
})

test("who sends is the service, its version, the process and the machine, with what the user adds", async () => {
  const collector = await openCollector()
  await observedRun(toyProject(), collector, { OTEL_RESOURCE_ATTRIBUTES: "team=a%20b" })
  expect(resourceIn(collector)).toMatchObject({
    "service.name": "assay",
    "service.version": "1.2.3",
    "process.pid": process.pid,
    "host.name": expect.any(String),
    team: "a b",
  })
})

test("a stage that is cached is a span of its outcome, and nothing is computed in it", async () => {
  const project = toyProject()
  await project.run()
  const collector = await openCollector()
  const { stages } = await observedRun(project, collector)
  const spans = spansIn(collector)
  for (const { id, key } of stages) {
    const span = spans.find(({ attributes }) => attributes["assay.stage.id"] === id) as Span
    expect(span.attributes).toMatchObject({ "assay.stage.outcome": "cached", "assay.stage.key": key })
    expect(pathOf(span, spans).at(-1)).toBe("run toy")
    expect(spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)).toEqual([])
  }
})

test("metrics count stages by outcome, seconds, bytes, and say at the end that nothing waits", async () => {
  const collector = await openCollector()
  await observedRun(toyProject(), collector)
  const metrics = metricsIn(collector)
  const square = { "assay.pipeline.name": "toy", "assay.stage.name": "square", "assay.stage.outcome": "finished" }
  expect(metrics["assay.stage.outcomes"]).toMatchObject({ unit: "{stage}", points: expect.arrayContaining([{ ...square, value: 2 }]) })
  expect(metrics["assay.stage.duration"]).toMatchObject({
    unit: "s",
    points: expect.arrayContaining([{ ...square, value: { count: 2, sum: expect.any(Number) } }]),
  })
  const spans = spansIn(collector)
  const bytes = (name: string) =>
    spans.filter((span) => span.name === name).reduce((sum, { attributes }) => sum + Number(attributes["assay.store.bytes"]), 0)
  expect(metrics["assay.store.io"]?.unit).toBe("By")
  expect(metrics["assay.store.io"]?.points).toEqual(
    expect.arrayContaining([
      { "disk.io.direction": "read", value: bytes("open inputs") },
      { "disk.io.direction": "write", value: bytes("publish") },
    ]),
  )
  expect(metrics["assay.stage.waiting"]?.points).toEqual([{ "assay.pipeline.name": "toy", value: 0 }])
  expect(metrics["assay.stage.computing"]?.points).toEqual([{ "assay.pipeline.name": "toy", value: 0 }])
})

test("a failed stage and those that need it are told by spans, metrics and a log record of the trace", async () => {
  const project = toyProject()
  project.write("square.ts", `export const run = async () => { throw new RangeError("too many") }\n`)
  const collector = await openCollector()
  const { run, outcome } = await observedRun(project, collector)
  expect(outcome).toBe("failed")
  const spans = spansIn(collector)
  const failed = spans.filter(({ name }) => name === "stage square")
  expect(failed).toHaveLength(2)
  for (const { status, attributes } of failed) {
    expect(status).toEqual({ code: 2, message: "too many" })
    expect(attributes).toMatchObject({ "error.type": "RangeError", "assay.stage.outcome": "failed" })
  }
  expect(spans.find(({ name }) => name === "run toy")).toMatchObject({ status: { code: 2 }, attributes: { "assay.run.outcome": "failed" } })
  expect(spans.find(({ name }) => name === "stage summarise")?.attributes).toMatchObject({ "assay.stage.outcome": "skipped" })
  const records = logsIn(collector).filter(({ severity }) => severity === "Error")
  expect(records).toHaveLength(2)
  for (const record of records) {
    expect(record.message).toMatch(/^stage .* failed: RangeError: too many$/)
    expect(record.traceId).toBe(spans[0]?.traceId)
    expect(record.attributes).toEqual({
      "assay.run.id": run,
      "assay.pipeline.name": "toy",
      "assay.stage.id": expect.any(String),
      "assay.stage.name": "square",
      "assay.stage.record": expect.any(String),
      "error.type": "RangeError",
    })
  }
})

test("a warning is a log record with the run and the stage", async () => {
  const project = toyProject()
  project.write("draw.ts", `globalThis.drawn = Math.random()\nexport { run } from "./drawn.ts"\n`)
  project.write("drawn.ts", readFileSync(`${import.meta.dirname}/../fixtures/toy/draw.ts`, "utf8"))
  const collector = await openCollector()
  const { run } = await observedRun(project, collector)
  const warnings = logsIn(collector).filter(({ severity }) => severity === "Warn")
  expect(warnings[0]?.attributes).toMatchObject({ "assay.run.id": run, "assay.stage.id": expect.stringContaining("drawn") })
})

test("a run without telemetry tells the collector nothing", async () => {
  const collector = await openCollector()
  await toyProject().provided(Effect.void.pipe(withTelemetry(null, "")))
  expect(await toyProject().run()).toMatchObject({ outcome: "done" })
  expect(collector.received).toEqual([])
})
