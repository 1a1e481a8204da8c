import * as fs from "node:fs"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, Runs } from "../../../runtime/index.ts"
import { layout } from "../../../runtime/store/layout.ts"
import { wiringOf } from "../../../runtime/store/runs/wiring.ts"
import { toyProject } from "../project.ts"

const latest = Effect.gen(function* () {
  const runs = yield* Runs
  const [record] = yield* runs.all
  return { record, wiring: record?.wiring === undefined ? null : yield* runs.wiring(record.wiring) }
})

test("a run's record leads to how its stages are wired, with their points in the sweeps; runs of one pipeline share it", async () => {
  const toy = toyProject()
  await toy.run()
  const { record, wiring } = await toy.provided(latest)
  const { graph } = await toy.provided(loadPipeline(`${toy.root}/pipeline.ts`))
  expect(wiring).toEqual(wiringOf(graph))
  expect(wiring?.stages.map(({ id }) => id)).toEqual(record?.stages.map(({ id }) => id))
  const drawn = wiring?.stages.filter(({ group }) => group === "arms.drawn")
  expect(drawn).toMatchObject([
    { at: { seed: 1 }, parameters: { seed: 1 } },
    { at: { seed: 2 }, parameters: { seed: 2 } },
  ])
  const joined = wiring?.stages.find(({ inputs }) => inputs.some(({ many }) => many))
  expect(joined?.inputs[0]?.from.map(({ path, at }) => [path, at])).toEqual(
    [1, 2].flatMap((seed) => ["drawn", "squared"].map((name) => [[name], { seed }])),
  )
  expect(wiring?.results.length).toBeGreaterThan(0)
  await toy.run()
  expect(fs.readdirSync(layout(toy.store).wirings)).toEqual([`${record?.wiring}.json.gz`])
})

test("a record of an earlier version, without wiring, is read as before; a damaged wiring is none, and the next run writes it again", async () => {
  const toy = toyProject()
  const { run } = await toy.run()
  const places = layout(toy.store)
  const { record } = await toy.provided(latest)
  const { wiring: digest = "", ...earlier } = record ?? { wiring: "" }
  fs.writeFileSync(places.run(run), JSON.stringify(earlier))
  expect(await toy.provided(latest)).toEqual({ record: earlier, wiring: null })
  fs.truncateSync(places.wiring(digest), 100)
  const read = Effect.flatMap(Runs, ({ wiring }) => wiring(digest))
  expect(await toy.provided(read)).toBeNull()
  await toy.run()
  expect((await toy.provided(read))?.pipeline).toBe("toy")
})
