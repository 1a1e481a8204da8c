import * as fs from "node:fs"
import { Effect } from "effect"
import { beforeEach, expect, test } from "vitest"
import { loadPipeline, type Manifest, Results, run } from "../../../runtime/index.ts"
import { digestsOf, type Project, recorded, toyProject } from "../project.ts"

let toy: Project
let digests: Readonly<Record<string, string>>
let manifest: Manifest
beforeEach(async () => {
  toy = toyProject()
  const summary = await toy.run()
  digests = await digestsOf(toy, summary)
  const key = summary.stages.find(({ id }) => id === "arms.seed=1.drawn")?.key ?? ""
  manifest = (await toy.provided(Effect.flatMap(Results, ({ manifest }) => manifest(key)))) as Manifest
})

const rerun = () => toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))

const objectFile = (): string => {
  const object = manifest.outputs.numbers?.files[0]?.object ?? ""
  return `${toy.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`
}

const manifestFile = (): string => `${toy.store}/results/${manifest.key.slice(0, 2)}/${manifest.key}.json`

const flip = (file: string): void => {
  const bytes = fs.readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  fs.chmodSync(file, 0o644)
  fs.writeFileSync(file, bytes)
}

test.each([
  ["an object is gone", () => fs.rmSync(objectFile())],
  ["an object is cut short", () => fs.truncateSync(objectFile(), 10)],
  ["a manifest is cut short", () => fs.truncateSync(manifestFile(), 100)],
  ["a bit of a manifest is flipped", () => flip(manifestFile())],
])("where %s, the stage alone is computed again and the run says why", async (_, damage) => {
  damage()
  const [summary, events] = await rerun()
  expect(summary.stages.filter(({ outcome }) => outcome === "finished").map(({ id }) => id)).toEqual(["arms.seed=1.drawn"])
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(1)
  expect(await digestsOf(toy, summary)).toEqual(digests)
})

test("a flipped bit in an input is found before it is read, and mended by computing its stage again", async () => {
  flip(objectFile())
  const undo = toy.edit("arithmetic/power.ts", "left * right", "left * right * 1")
  const [summary, events] = await rerun()
  undo()
  expect(summary.outcome).toBe("done")
  expect(summary.stages.filter(({ outcome }) => outcome === "finished").map(({ id }) => id)).toEqual([
    "arms.seed=1.drawn",
    "arms.seed=1.squared",
    "arms.seed=2.squared",
  ])
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(1)
  expect(await digestsOf(toy, summary)).toEqual(digests)
  expect(fs.readdirSync(`${toy.store}/quarantine`)).toHaveLength(2)
})

test("a flipped bit in a result of the pipeline never reaches the reader", async () => {
  const [{ results }] = await rerun()
  const file = results.find(({ output }) => output === "report")?.manifest.outputs.report?.files[0]
  const object = file?.object ?? ""
  flip(`${toy.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`)
  const [summary] = await rerun()
  expect(summary.stages.filter(({ outcome }) => outcome === "finished").map(({ id }) => id)).toEqual(["summary"])
  expect(await digestsOf(toy, summary)).toEqual(digests)
})
