import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { contents, openToy, pipeline } from "./toy.ts"

interface Event {
  readonly type: string
  readonly id: string
}

const eventsOf = (stdout: string): ReadonlyArray<Event> =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event)

test.each([2, 8])(
  "%i processes at once on one store compute each stage once, while garbage is collected beside them",
  async (processes) => {
    const toy = openToy(pipeline(2000, 20))
    const alone = toy.start(["run", "pipeline.ts"])
    expect((await alone.ended).code).toBe(0)
    const expected = contents(`${toy.root}/.assay`)
    fs.rmSync(`${toy.root}/.assay`, { recursive: true })

    const all = Array.from({ length: processes }, () => toy.start(["run", "pipeline.ts", "--json"], { ASSAY_THREADS: "1" }))
    let over = false
    const collected: Array<number | null> = []
    const collecting = (async () => {
      while (!over) {
        collected.push((await toy.start(["gc", "--runs", "0"]).ended).code)
        await sleep(200)
      }
    })()
    const ended = await Promise.all(all.map((each) => each.ended))
    over = true
    await collecting
    expect(collected.length).toBeGreaterThan(1)
    expect(new Set(collected)).toEqual(new Set([0]))
    expect(ended.map(({ code }) => code)).toEqual(all.map(() => 0))
    expect(ended.map(({ stderr }) => stderr)).toEqual(all.map(() => ""))
    const events = ended.flatMap(({ stdout }) => eventsOf(stdout))
    const finished = events.filter(({ type }) => type === "stage.finished").map(({ id }) => id)
    expect(finished.sort()).toEqual([...new Set(finished)].sort())
    expect(finished).toHaveLength(7)
    expect(events.filter(({ type }) => type === "warning" || type === "stage.failed")).toEqual([])

    // The last collection may have come after the last run had gone; what is there is right.
    for (const [key, content] of contents(`${toy.root}/.assay`)) expect(content).toBe(expected.get(key))
  },
  300_000,
)
