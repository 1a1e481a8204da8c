import type { Row, TableInput } from "assay"
import { expect, test } from "vitest"
import { responses as columns } from "../../../data/schema/index.ts"
import { label } from "../../../learning/preferences/label.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { goldJudge, responseRow } from "../support/toy.ts"

type Response = Row<typeof columns>

const rows: ReadonlyArray<Response> = Array.from({ length: 700 }, (_, prompt) =>
  Array.from({ length: prompt % 4 }, (_, index) =>
    responseRow(prompt, index, `The day ${prompt}`, [" is good", " is green", " is terrible"][index] as string),
  ),
).flat()

/** A table that can be read in batches alone, of so many rows. */
class Batches implements TableInput<typeof columns> {
  readonly digest = "batches"
  readonly rows: number
  readonly #all: ReadonlyArray<Response>
  readonly #size: number

  constructor(all: ReadonlyArray<Response>, size: number) {
    this.rows = all.length
    this.#all = all
    this.#size = size
  }

  async read(): Promise<never> {
    throw new Error("the table does not fit into memory")
  }

  async *batches(): AsyncGenerator<ReadonlyArray<Response>> {
    for (let start = 0; start < this.rows; start += this.#size) yield this.#all.slice(start, start + this.#size)
  }
}

test.each(["untied", "disjoint", "all"] as const)(
  "labels do not depend on the batches in which the responses come: %s",
  async (pairing) => {
    const whole = await runStage(label, { responses: new MemoryTable(columns, rows), judge: goldJudge }, { pairing })
    expect(whole.preferences.rows).toBeGreaterThan(300)
    for (const size of [1, 2, 5, 64, 1000]) {
      const parts = await runStage(label, { responses: new Batches(rows, size), judge: goldJudge }, { pairing })
      expect(parts.preferences.digest).toBe(whole.preferences.digest)
    }
  },
)

test("what has been read is labelled before more is: no more than a portion of prompts and a batch waits", async () => {
  const steps: Array<number> = []
  const batches = new Batches(rows, 10)
  let read = 0
  const watched: TableInput<typeof columns> = {
    digest: batches.digest,
    rows: batches.rows,
    read: () => batches.read(),
    batches: async function* () {
      for await (const batch of batches.batches()) {
        read += batch.length
        expect(read - (steps.at(-1) ?? 0)).toBeLessThanOrEqual(256 * 3 + 10)
        yield batch
      }
    },
  }
  await runStage(label, { responses: watched, judge: goldJudge }, {}, undefined, (step, total) => {
    expect(total).toBe(rows.length)
    steps.push(step)
  })
  expect(steps).toHaveLength(3)
  expect(steps.at(-1)).toBe(rows.length)
})

test("a prompt that comes back after others is refused, with its row", async () => {
  const scattered = [...rows, responseRow(5, 9, "The day 5", " is good")]
  await expect(runStage(label, { responses: new Batches(scattered, 100), judge: goldJudge }, {})).rejects.toMatchObject({
    tag: "ScatteredPrompt",
    details: { prompt_id: 5, row: rows.length },
  })
})

test("prompt ids may be any numbers that a table holds", async () => {
  const ids = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 65_535, 65_536]
  const wide = ids.flatMap((id) => [responseRow(id, 0, "a", " is good"), responseRow(id, 1, "a", " is bad")])
  const { preferences } = await runStage(label, { responses: new Batches(wide, 3), judge: goldJudge }, {})
  expect(preferences.rows).toBe(ids.length)
})
