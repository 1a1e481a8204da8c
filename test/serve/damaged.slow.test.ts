import * as fs from "node:fs"
import { Effect } from "effect"
import { beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Page } from "../../data/grid/index.ts"
import { type Manifest, Upkeep } from "../../runtime/index.ts"
import type { RunDetails, RunSummary, StageDetails, TableDetails } from "../../serve/api.ts"
import { type Project, project } from "../runtime/project.ts"
import { flip, manifestPath, messagesIn, objectPath, openStream, type Served, serveStore, until } from "./server.ts"
import { publish, publishTable, recordRun } from "./stored.ts"

let folder: Project
let served: Served
let sound: Manifest
beforeAll(async () => {
  folder = project({})
  sound = await publishTable(folder, "SELECT range AS n FROM range(10)")
  served = await serveStore(folder)
})

const made = { tables: 0 }
let table: Manifest
let run = ""
beforeEach(async () => {
  made.tables += 1
  table = await publishTable(folder, `SELECT range::INTEGER AS n, 'some text ' || range % ${made.tables + 10} AS text FROM range(2000)`)
  run = (await recordRun(folder, { table, sound })).run
})

const objectOf = (manifest: Manifest) => objectPath(folder, Object.values(manifest.outputs)[0]?.files[0]?.object ?? "")
const address = ({ key }: Manifest, rest = "") => `/results/${key}/rows${rest}`
const first = { offset: 0, limit: 3 }

/** What else there is goes on. */
const expectTheRest = async () => {
  expect((await served.post<Page>(address(sound, "/rows"), first)).rows.map(({ cells }) => cells)).toEqual([[0], [1], [2]])
  expect((await served.get<ReadonlyArray<RunSummary>>("/runs")).length).toBeGreaterThan(0)
}

/** All that can be asked of a table fails in one way, which names the file and the remedy. */
const expectRefusals = async (manifest: Manifest, error: RegExp, names: string) => {
  for (const [target, body] of [
    [address(manifest, "/rows"), first],
    [address(manifest, "/histogram"), { column: "n" }],
    [address(manifest, "/download?format=csv"), undefined],
    [address(manifest, "/download?format=parquet"), undefined],
    [address(manifest, "/files/rows.parquet"), undefined],
    ["/query", { tables: [{ key: manifest.key, output: "rows", name: "t" }], sql: "select * from t", limit: 1 }],
  ] as const) {
    const refusal = await served.refused(target, body)
    expect(refusal, target).toMatchObject({ status: 410, error: expect.stringMatching(error) })
    expect(refusal.message, target).toContain(names)
    expect(refusal.message, target).toContain("a run makes it again")
  }
}

describe("of a damaged object the page says which file it is and what to do, and all else goes on", () => {
  test.each([
    ["bytes were changed", (file: string) => flip(file), /^ObjectDamaged$/],
    ["it was cut short", (file: string) => fs.truncateSync(file, 100), /^Damaged$/],
    ["it is empty", (file: string) => fs.truncateSync(file, 0), /^Damaged$/],
    ["it is gone", (file: string) => fs.rmSync(file), /^Damaged$/],
    [
      "it is another file of the same size",
      (file: string) => fs.writeFileSync(file, "x".repeat(fs.statSync(file).size)),
      /^ObjectDamaged$/,
    ],
  ] as const)("%s, before it was looked at and after", async (_, damage, error) => {
    damage(objectOf(table))
    await expectRefusals(table, error, objectOf(table))
    await expectTheRest()
    const read = await publishTable(folder, `SELECT range AS n, 'read ' || ${made.tables} AS text FROM range(2000)`)
    expect((await served.post<Page>(address(read, "/rows"), first)).total).toBe(2000)
    await served.post("/query", { tables: [{ key: read.key, output: "rows", name: "t" }], sql: "select 1", limit: 1 })
    fs.chmodSync(objectOf(read), 0o644)
    damage(objectOf(read))
    await expectRefusals(read, error, objectOf(read))
    await expectTheRest()
  })

  test("a table that is whole and no Parquet file is said to be one that cannot be read", async () => {
    folder.write("no.parquet", "PAR1 without a footer PAR1")
    const files = { "rows.parquet": `${folder.root}/no.parquet` }
    const manifest = await publish(folder, { rows: { artifact: "table", kind: "table", rows: 1, files } })
    const refusal = await served.refused(address(manifest, "/rows"), first)
    expect(refusal).toMatchObject({ status: 410, error: "DataFileError" })
    expect(refusal.message).toContain(objectOf(manifest))
    await expectTheRest()
  })

  test("made again, it is shown again", async () => {
    const bytes = fs.readFileSync(objectOf(table))
    expect((await served.post<Page>(address(table, "/rows"), first)).total).toBe(2000)
    flip(objectOf(table))
    await expectRefusals(table, /^ObjectDamaged$/, objectOf(table))
    const before = fs.statSync(objectOf(table)).ino
    fs.renameSync(objectOf(table), `${folder.root}/old`)
    fs.writeFileSync(objectOf(table), bytes)
    expect(fs.statSync(objectOf(table)).ino).not.toBe(before)
    expect((await served.post<Page>(address(table, "/rows"), first)).rows.map(({ cells }) => cells[0])).toEqual([0, 1, 2])
  })
})

test.each([
  ["cut short", (file: string) => fs.truncateSync(file, 100)],
  ["empty", (file: string) => fs.truncateSync(file, 0)],
  ["changed", (file: string) => flip(file)],
])("of a manifest that is %s the page says so, its stage too, and the run goes on being shown", async (_, damage) => {
  damage(manifestPath(folder, table.key))
  await expectRefusals(table, /^Damaged$/, manifestPath(folder, table.key))
  const details = await served.get<RunDetails>(`/runs/${run}`)
  expect(details.stages.map(({ id, outputs }) => [id, outputs.length])).toEqual([
    ["table", 0],
    ["sound", 1],
  ])
  const stage = await served.get<StageDetails>(`/runs/${run}/stages/table`)
  expect(stage.damage).toBe(`its record ${manifestPath(folder, table.key)} is damaged; a run makes it again`)
  expect((await served.get<StageDetails>(`/runs/${run}/stages/sound`)).damage).toBeNull()
  await expectTheRest()
})

test("a result of a newer version is said to be one", async () => {
  const text = fs.readFileSync(manifestPath(folder, table.key), "utf8")
  const { seal } = await import("../../runtime/store/results/seal.ts")
  const newer = { ...(JSON.parse(text).manifest as Manifest), format: 2 as never }
  fs.writeFileSync(manifestPath(folder, table.key), seal(newer))
  expect((await served.refused(address(table, "/rows"), first)).message).toContain("it was written by a newer Assay (format 2")
})

test("a record of a run that cannot be read is said to be damaged, and the other runs are listed", async () => {
  const file = `${folder.store}/runs/${run}.json`
  fs.truncateSync(file, 50)
  const refusal = await served.refused(`/runs/${run}`)
  expect(refusal).toMatchObject({ status: 410, error: "Damaged" })
  expect(refusal.message).toContain(file)
  expect((await served.get<ReadonlyArray<RunSummary>>("/runs")).map((each) => each.run)).not.toContain(run)
  await expectTheRest()
  fs.rmSync(file)
  expect(await served.refused(`/runs/${run}`)).toMatchObject({ status: 404, error: "NotThere" })
})

test("of a damaged journal the lines that are whole are told, and the run is shown", async () => {
  const line = (seq: number, event: object) => JSON.stringify({ seq, at: seq * 100, ...event })
  const about = { id: "table", stage: "make" }
  const bytes = Buffer.from(
    [
      '{"type":"journal","format":1,"run"',
      line(1, { type: "run.started", run, pipeline: "made", stages: 2 }),
      line(2, { type: "stage.started", ...about, key: "0".repeat(64) }),
      line(3, { type: "stage.output", ...about, text: "first" }),
      line(4, { type: "stage.output", ...about, text: { not: "a text" } }),
      line(5, { type: "stage.metrics", ...about, step: 1 }),
      line(6, { type: "stage.metrics", ...about, step: 1, values: [1] }),
      line(7, { type: "stage.progress", ...about, step: 1, total: 2 }),
      line(8, { type: "stage.failed", ...about }),
      line(9, { type: "stage.started" }),
      "\0\0\0\0\u{fffd}",
      '{"seq":10,"at":1000,"type":"stage.out',
      "null",
      "[]",
      '"text"',
      line(11, { type: "stage.output", ...about, text: "last" }),
      line(12, { type: "run.finished", run, outcome: "done", cached: 0, finished: 2, failed: 0, skipped: 0, seconds: 1 }),
      '{"seq":13,"at":',
    ].join("\n"),
  )
  fs.mkdirSync(`${folder.store}/journals`, { recursive: true })
  fs.writeFileSync(`${folder.store}/journals/${run}.ndjson`, Buffer.concat([bytes, Buffer.from([0xff, 0xfe, 0x80])]))
  const stream = await openStream(served, `/api/runs/${run}/live`)
  expect(await stream.ended).toBe(true)
  const messages = messagesIn<{ type: string; text?: string; outcome?: string }>(stream.text()).map(({ data }) => data)
  expect(messages.filter(({ type }) => type === "line").map(({ text }) => text)).toEqual(["first", "last"])
  expect(messages.at(-1)).toEqual({ type: "end", outcome: "done" })
  expect((await served.get<RunDetails>(`/runs/${run}`)).stages.map(({ started }) => started)).toEqual([0.2, null])
  await expectTheRest()
})

describe("beside a garbage collection", () => {
  const collect = async () => {
    await new Promise((resolve) => setTimeout(resolve, 150))
    return folder.provided(Effect.flatMap(Upkeep, ({ collect }) => collect({ runs: 1, size: 0, dry: false })))
  }

  test("what was collected while its page was open is said to have gone at the next request, and the rest is shown", async () => {
    expect((await served.get<TableDetails>(address(table))).columns.length).toBe(2)
    expect((await served.post<Page>(address(table, "/rows"), first)).total).toBe(2000)
    await recordRun(folder, { sound })
    expect((await collect()).results.map(({ key }) => key)).toContain(table.key)
    for (const [target, body] of [
      [address(table), undefined],
      [address(table, "/rows"), first],
      [address(table, "/histogram"), { column: "n" }],
      [address(table, "/download?format=parquet"), undefined],
      ["/query", { tables: [{ key: table.key, output: "rows", name: "t" }], sql: "select 1", limit: 1 }],
      [`/runs/${run}/lineage?key=${table.key}&output=rows`, undefined],
    ] as const) {
      const refusal = await served.refused(target, body)
      expect(refusal, target).toMatchObject({ status: 404, error: "NotThere" })
      expect(refusal.message).toContain("a run computes it again")
    }
    await expectTheRest()
  })

  test("a download that has begun ends whole, or is cut where its client sees it", async () => {
    const large = await publishTable(
      folder,
      "SELECT range::INTEGER AS n, (range * 7)::INTEGER AS h, md5(range::VARCHAR) AS text FROM range(600000)",
    )
    const bytes = fs.statSync(objectOf(large)).size
    expect(bytes).toBeGreaterThan(10_000_000)
    const streams = []
    for (const target of ["download?format=parquet", "download?format=csv", "files/rows.parquet"]) {
      const stream = await openStream(served, `/api${address(large, `/${target}`)}`, { headers: {} })
      expect(stream.status).toBe(200)
      stream.pause()
      streams.push(stream)
    }
    await recordRun(folder, { sound })
    await collect()
    expect(fs.existsSync(objectOf(large))).toBe(false)
    for (const stream of streams) stream.resume()
    const [parquet, csv, file] = await Promise.all(streams.map(async (stream) => ((await stream.ended) ? stream.bytes() : null)))
    expect([parquet, file]).toEqual([bytes, bytes])
    if (csv !== null) expect(streams[1]?.text().trimEnd().split("\n").length).toBe(600_001)
  })

  test("a download that cannot begin is answered with the error, not with half a file", async () => {
    const odd = await publishTable(folder, "SELECT hash(range) AS of_a_type_that_is_not_ours FROM range(10)")
    expect(await served.refused(address(odd, "/download?format=csv"))).toMatchObject({ status: 410, error: "DataFileError" })
    for (const query of [
      "format=xml",
      "format=csv&filter=nosuch%3D1",
      "format=csv&sort=x",
      'format=csv&sort=[{"column":"m","direction":"ascending"}]',
    ])
      expect(await served.refused(address(table, `/download?${query}`)), query).toMatchObject({ status: 400 })
  })

  test("a download whose file is cut short while it is read is cut, and never ends as if it were whole", async () => {
    const large = await publishTable(folder, "SELECT range AS n, md5((range + 1)::VARCHAR) AS text FROM range(600000)")
    const streams = []
    for (const target of ["download?format=parquet", "files/rows.parquet"]) {
      const stream = await openStream(served, `/api${address(large, `/${target}`)}`)
      stream.pause()
      streams.push(stream)
    }
    fs.chmodSync(objectOf(large), 0o644)
    fs.truncateSync(objectOf(large), 9_000_000)
    for (const stream of streams) stream.resume()
    for (const stream of streams) expect(await stream.ended).toBe(false)
    await until("the server answers", async () => (await served.ask("/api/project")).status === 200)
  })
})
