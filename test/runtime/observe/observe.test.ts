import { stripVTControlCharacters } from "node:util"
import { expect, test } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { jsonLines } from "../../../runtime/observe/json-lines.ts"
import { liveTree } from "../../../runtime/observe/live-tree.ts"
import { plainLines } from "../../../runtime/observe/plain-lines.ts"
import type { Renderer } from "../../../runtime/observe/render.ts"

const id = "arms.beta=0.1,learningRate=0.0003,seed=1,size=medium.online.evaluation.policy"
const key = "0".repeat(64)
const story: ReadonlyArray<readonly [number, RunEvent]> = [
  [0, { type: "run.started", run: "r", pipeline: "online-vs-offline", stages: 3 }],
  [0, { type: "stage.cached", id: "reference", stage: "sft", key }],
  [1, { type: "stage.started", id, stage: "optimizeOnline", key }],
  [2, { type: "stage.progress", id, stage: "optimizeOnline", step: 100, total: 600, values: { loss: 0.5 } }],
  [12, { type: "stage.progress", id, stage: "optimizeOnline", step: 200, total: 600, values: { loss: 0.312345, winRate: 0.61 } }],
  [52, { type: "stage.finished", id, stage: "optimizeOnline", key, seconds: 51 }],
  [
    53,
    {
      type: "stage.failed",
      id: "figure",
      stage: "frontier",
      tag: "Empty",
      message: "no points",
      details: { arms: 0 },
      record: "f.json",
      seconds: 1,
    },
  ],
  [53, { type: "run.finished", run: "r", outcome: "failed", cached: 1, finished: 1, failed: 1, skipped: 0, seconds: 53 }],
]

const tell = (renderer: Renderer): void => {
  for (const [now, event] of story) {
    renderer.show(event, now)
    renderer.tick(now)
  }
  renderer.end()
}

test("plain lines say what happened, and how fast a long stage goes", () => {
  const lines: Array<string> = []
  tell(plainLines((line) => lines.push(line)))
  expect(lines).toEqual([
    "cached   reference",
    `start    ${id}`,
    `         ${id}  200/600 · 10/s · 40.0 s left · loss 0.312 · winRate 0.61`,
    `done     ${id}  51.0 s`,
    "failed   figure: Empty: no points",
    "           arms: 0",
    "           record: f.json",
    "failed: 1 cached, 1 computed, 1 failed in 53.0 s",
  ])
})

test("JSON is one event a line, in order", () => {
  const lines: Array<string> = []
  tell(jsonLines((line) => lines.push(line)))
  expect(lines.map((line) => JSON.parse(line))).toEqual(story.map(([, event]) => event))
})

test("the live tree fits the terminal, shows rate and time left, and gives the cursor back", () => {
  let written = ""
  const frames: Array<string> = []
  const terminal = {
    columns: 80,
    rows: 24,
    write: (text: string) => {
      written += text
      frames.push(text)
      return true
    },
  }
  tell(liveTree(terminal as unknown as Parameters<typeof liveTree>[0]))
  const live = frames.flatMap((frame) => frame.split("\n")).filter((line) => /[├└]|stages/.test(line))
  const plain = live.map((line) => stripVTControlCharacters(line).replaceAll("\r", ""))
  expect(plain).toContain("online-vs-offline: 1/3 stages · 1 cached · 12.0 s")
  expect(plain.some((line) => line.includes("200/600 · 10/s · 40.0 s left"))).toBe(true)
  for (const line of plain) expect(line.length).toBeLessThan(80)
  expect(written.endsWith("\u001b[?25h")).toBe(true)
})

test("what a stage says moves no cursor, and no line of a long message can be taken for one of ours", () => {
  const said: ReadonlyArray<RunEvent> = [
    { type: "stage.output", id: "a", stage: "s", text: "10 %\r\u001b[2K\u009bm\u202e" },
    {
      type: "stage.failed",
      id: "a",
      stage: "s",
      tag: "Error",
      message: "one\ndone: 5 cached",
      details: { "b\u0007": "\u001b" },
      record: "r",
      seconds: 0,
    },
    { type: "warning", id: "a\nb", message: "\u001b[1A" },
  ]
  const lines: Array<string> = []
  const json: Array<string> = []
  for (const renderer of [plainLines((line) => lines.push(line)), jsonLines((line) => json.push(line))])
    for (const event of said) renderer.show(event, 0)
  expect(lines).toEqual([
    "         a: 10 %\\r\\u001b[2K\\u009bm\\u202e",
    "failed   a: Error: one",
    "           done: 5 cached",
    "           b\\u0007: \\u001b",
    "           record: r",
    "warning  a\\nb: \\u001b[1A",
  ])
  expect(json.join("")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  expect(json.map((line) => JSON.parse(line))).toEqual(said)
})
