import { Effect } from "effect"
import { expect, test } from "vitest"
import { joinTrace, traceparent, withTelemetry } from "../../../runtime/index.ts"
import { readConfiguration } from "../../../runtime/telemetry/configuration.ts"
import { inSpan } from "../../../runtime/telemetry/span.ts"
import { openCollector, spansIn } from "./collector.ts"

const configurationFor = (url: string) =>
  readConfiguration({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }).configuration

test("a span that joins a trace by its text is a child of the span that wrote it, though another exporter sends it", async () => {
  const [here, there] = [await openCollector(), await openCollector()]
  const text = await Effect.runPromise(inSpan(traceparent, "run", { first: true }).pipe(withTelemetry(configurationFor(here.url), "1")))
  const [sent] = spansIn(here)
  expect(text).toBe(`00-${sent?.traceId}-${sent?.spanId}-01`)
  const work = inSpan(Effect.void, "stage").pipe(joinTrace(text))
  await Effect.runPromise(work.pipe(withTelemetry(configurationFor(there.url), "1")))
  expect(spansIn(there)).toMatchObject([{ name: "stage", traceId: sent?.traceId, parentSpanId: sent?.spanId }])
})

test("the first span of a process begins a trace, also inside of spans that are not sent, unless it joins one", async () => {
  const collector = await openCollector()
  const first = inSpan(Effect.void, "run", { first: true })
  const parent = `00-${"a1".repeat(16)}-${"b2".repeat(8)}-01`
  await Effect.runPromise(
    Effect.andThen(Effect.withSpan(first, "command"), Effect.withSpan(joinTrace(parent)(first), "command")).pipe(
      withTelemetry(configurationFor(collector.url), "1"),
    ),
  )
  const [alone, joined] = spansIn(collector)
  expect(alone).not.toHaveProperty("parentSpanId")
  expect(joined).toMatchObject({ traceId: "a1".repeat(16), parentSpanId: "b2".repeat(8) })
})

test("a trace that its first process does not sample is not sampled here either", async () => {
  const collector = await openCollector()
  const unsampled = `00-${"a1".repeat(16)}-${"b2".repeat(8)}-00`
  await Effect.runPromise(inSpan(Effect.void, "stage").pipe(joinTrace(unsampled), withTelemetry(configurationFor(collector.url), "1")))
  expect(collector.received.filter(({ path }) => path === "/v1/traces")).toEqual([])
})

test.each(["", "nonsense", `00-${"0".repeat(32)}-${"b2".repeat(8)}-01`, `00-${"A1".repeat(16)}-${"b2".repeat(8)}`])(
  "the text %o names no span, and joins nothing",
  async (text) => {
    const collector = await openCollector()
    await Effect.runPromise(inSpan(Effect.void, "stage").pipe(joinTrace(text), withTelemetry(configurationFor(collector.url), "1")))
    expect(spansIn(collector)).toHaveLength(1)
    expect(spansIn(collector)[0]).not.toHaveProperty("parentSpanId")
  },
)

test("without telemetry there is no text, and joining changes nothing", async () => {
  const parent = `00-${"a1".repeat(16)}-${"b2".repeat(8)}-01`
  expect(await Effect.runPromise(inSpan(traceparent, "run").pipe(joinTrace(parent)))).toBeNull()
})
