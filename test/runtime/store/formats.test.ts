import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { loadPipeline, Remarks, Results, run, Upkeep } from "../../../runtime/index.ts"
import { layout } from "../../../runtime/store/layout.ts"
import type { Manifest } from "../../../runtime/store/results/manifest.ts"
import { seal } from "../../../runtime/store/results/seal.ts"
import { readRuns } from "../../../runtime/store/runs/read.ts"
import { collect } from "../../../runtime/store/upkeep/collect.ts"
import { recorded, toyProject } from "../project.ts"

/** Every file of a store with what it holds, but the notes that looking takes. */
const contents = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fs
      .readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !file.startsWith(path.join(root, "suspects")))
      .map((file) => [path.relative(root, file), fs.readFileSync(file).toString("base64")]),
  )

test("looking moves nothing; a run repairs what is damaged, and computes beside what a newer version wrote", async () => {
  const toy = toyProject()
  const places = layout(toy.store)
  const { stages } = await toy.run()
  const manifests = await toy.provided(Effect.flatMap(Results, ({ manifest }) => Effect.forEach(stages, ({ key }) => manifest(key ?? ""))))
  const [newer, cut, flipped] = manifests as unknown as readonly [Manifest, Manifest, Manifest]
  fs.writeFileSync(places.result(newer.key), seal({ ...newer, format: 2, results: newer.outputs } as never))
  fs.truncateSync(places.result(cut.key), 100)
  const object = Object.values(flipped.outputs)[0]?.files[0]?.object ?? ""
  const bytes = fs.readFileSync(places.object(object))
  bytes[5] = (bytes[5] ?? 0) ^ 1
  fs.chmodSync(places.object(object), 0o644)
  fs.writeFileSync(places.object(object), bytes)

  const before = contents(toy.store)
  const said = await toy.provided(
    Effect.gen(function* () {
      const results = yield* Results
      for (const { key } of stages) {
        const manifest = yield* results.manifest(key ?? "")
        for (const output of Object.keys(manifest?.outputs ?? {})) yield* Effect.exit(results.open(manifest as Manifest, output))
      }
      return yield* (yield* Remarks).take
    }),
  )
  await toy.plan()
  expect(contents(toy.store)).toEqual(before)
  expect(said).toEqual([
    expect.stringContaining(`its record ${places.result(cut.key)} is damaged; a run makes it again`),
    `the result ${newer.key.slice(0, 12)} was written by a newer Assay (format 2; this one reads 1): left alone and not used`,
  ])

  const again = await toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  const [summary, events] = again
  const made = summary.stages.filter(({ outcome }) => outcome === "finished").map(({ key }) => key)
  expect(made).toEqual([newer.key, cut.key, flipped.key])
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(3)
  expect(contents(toy.store)).toMatchObject({
    [path.relative(toy.store, places.result(newer.key))]: before[path.relative(toy.store, places.result(newer.key))],
  })
  expect((await toy.run()).stages.every(({ outcome }) => outcome === "cached")).toBe(true)
  expect(await toy.provided(Effect.flatMap(Upkeep, ({ census }) => census))).toMatchObject({ foreign: 1, results: stages.length + 1 })
})

const hex = (letter: string): string => letter.repeat(64)

/** A store with one object, of yesterday, and these files. */
const store = (files: (places: ReturnType<typeof layout>) => Readonly<Record<string, string>>) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-formats-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  const places = layout(root)
  const old = new Date(Date.now() - 100 * 24 * 3600 * 1000)
  for (const [file, text] of Object.entries({ [places.object(hex("a"))]: "a", ...files(places) })) {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
    fs.utimesSync(file, old, old)
  }
  return places
}

const files = (places: ReturnType<typeof layout>) => Object.keys(contents(places.root)).sort()

const gc = async (places: ReturnType<typeof layout>) => {
  await new Promise((resolve) => setTimeout(resolve, 150))
  return collect(places, readRuns(places), { runs: 0, size: 0, dry: false })
}

const newerResult = seal({ format: 2, key: hex("1"), made: [{ sha256: hex("a") }], sources: hex("c") } as never)

test.each([
  ["a sealed result of a newer format", (places: ReturnType<typeof layout>) => ({ [places.result(hex("1"))]: newerResult })],
  [
    "a result under a name that we do not give",
    (places: ReturnType<typeof layout>) => ({ [`${places.results}/11/${hex("1")}.v2`]: `made ${hex("a")} of ${hex("c")}` }),
  ],
])("%s stays, and so does all that it may refer to", async (_, put) => {
  const places = store((places) => ({ ...put(places), [places.files(hex("c"))]: "[]" }))
  const before = files(places)
  const collected = await gc(places)
  expect(collected).toMatchObject({ results: [], objects: 0 })
  expect(files(places)).toEqual(before)
})

test("a result that runs or pins of a newer format name is kept; no other is", async () => {
  const ours = (key: string, object: string) =>
    seal({
      format: 1,
      key,
      stage: "s",
      vector: [],
      outputs: { o: { artifact: "o", kind: "files", digest: object, bytes: 1, files: [{ name: "n", object, bytes: 1 }] } },
      seconds: 0,
      created: "",
      host: { name: "", platform: "", node: "", cpu: "" },
    })
  const places = store((places) => ({
    [places.result(hex("1"))]: ours(hex("1"), hex("a")),
    [places.result(hex("2"))]: ours(hex("2"), hex("b")),
    [places.result(hex("3"))]: ours(hex("3"), hex("c")),
    [places.object(hex("b"))]: "b",
    [places.object(hex("c"))]: "c",
    [places.run("2030.r9")]: JSON.stringify({ format: 2, computed: { arm: hex("1") } }),
    [`${places.pins}/${hex("2")}.v2`]: "",
    [places.failure(hex("9"))]: JSON.stringify({ format: 2 }),
    [places.failure(hex("8"))]: JSON.stringify({ format: 1 }),
  }))
  const collected = await gc(places)
  expect(collected.results.map(({ key }) => key)).toEqual([hex("3")])
  expect(files(places)).toEqual(
    [
      places.object(hex("a")),
      places.object(hex("b")),
      places.result(hex("1")),
      places.result(hex("2")),
      places.run("2030.r9"),
      `${places.pins}/${hex("2")}.v2`,
      places.failure(hex("9")),
    ]
      .map((file) => path.relative(places.root, file))
      .sort(),
  )
})

test("beside a run of a newer version nothing is collected while it lives, and its mark is left alone", async () => {
  const places = store((places) => ({ [places.running("newer")]: '{"format":2}' }))
  await gc(places)
  expect(files(places)).toEqual(["running/newer"])
  fs.mkdirSync(path.dirname(places.object(hex("a"))), { recursive: true })
  fs.writeFileSync(places.object(hex("a")), "a")
  fs.writeFileSync(places.running("newer"), '{"format":2}')
  await gc(places)
  expect(files(places)).toContain(path.relative(places.root, places.object(hex("a"))))
})

test("a damaged record is moved to the quarantine by a collection, and keeps nothing", async () => {
  const places = store((places) => ({ [places.result(hex("1"))]: newerResult.replace("made", "mbde") }))
  await gc(places)
  expect(files(places)).toEqual([`quarantine/results-11-${hex("1")}.json`])
})
