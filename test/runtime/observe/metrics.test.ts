import protobuf from "protobufjs/light.js"
import { expect, test } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { eventFiles } from "../../../runtime/observe/event-files.ts"
import { metricsLines } from "../../../runtime/observe/metrics-lines.ts"

const about = { id: "a", stage: "optimize" }
const metricsAt = (step: number, id = "a"): RunEvent => ({ type: "stage.metrics", id, stage: "optimize", step, values: { loss: step / 2 } })
const started: RunEvent = { type: "run.started", run: "r7", pipeline: "p", stages: 2 }

test("lines come whole and several at once, of metrics alone, in order", () => {
  const written: Array<string> = []
  const lines = metricsLines((text) => written.push(text))
  lines.show(started, 0)
  lines.show({ type: "stage.progress", ...about, step: 1, total: 2, values: { loss: 0.5 } }, 0)
  lines.show(metricsAt(1), 0)
  lines.tick(0)
  lines.tick(0)
  lines.show({ type: "stage.resumed", ...about, from: 2 }, 0)
  lines.show({ type: "stage.output", ...about, text: "not this" }, 0)
  lines.show(metricsAt(2), 0)
  lines.end()
  expect(written).toEqual([
    `${JSON.stringify(started)}\n${JSON.stringify(metricsAt(1))}\n`,
    `${JSON.stringify({ type: "stage.resumed", ...about, from: 2 })}\n${JSON.stringify(metricsAt(2))}\n`,
  ])
})

/** The steps of the events in a file, those that start a run marked. */
const stepsOf = (bytes: Buffer): ReadonlyArray<string> => {
  const steps: Array<string> = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const reader = protobuf.Reader.create(bytes.subarray(at + 12, at + 12 + length))
    let step = ""
    while (reader.pos < reader.len) {
      const tag = reader.uint32()
      if (tag >>> 3 === 2) step = `${reader.int64()}${step}`
      else if (tag >>> 3 === 7) {
        step = `${step} start`
        reader.skipType(tag & 7)
      } else reader.skipType(tag & 7)
    }
    steps.push(step === "" ? "version" : step)
    at += 16 + length
  }
  return steps
}

test("a stage's events are in a file of their own, and a start comes where it begins, begins again or resumes", () => {
  const files = new Map<string, Buffer>()
  const events = eventFiles((id, file, bytes) => {
    const name = `${id}/${file}`
    files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), bytes]))
  })
  const story: ReadonlyArray<RunEvent> = [
    started,
    { type: "stage.started", ...about, key: "k" },
    metricsAt(1),
    metricsAt(2),
    { type: "stage.started", ...about, key: "k" },
    { type: "stage.resumed", ...about, from: 2 },
    metricsAt(2),
    metricsAt(5, "b"),
    metricsAt(3),
  ]
  for (const [index, event] of story.entries()) {
    events.show(event, 1_700_000_000.5 + index)
    events.tick(0)
  }
  events.end()
  expect([...files].map(([name, bytes]) => [name, stepsOf(bytes)])).toEqual([
    ["a/events.out.tfevents.1700000002.r7", ["version", "1 start", "1", "2", "2 start", "2", "3"]],
    ["b/events.out.tfevents.1700000007.r7", ["version", "5 start", "5"]],
  ])
})
