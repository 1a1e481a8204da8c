import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { Effect, Fiber, Stream } from "effect"
import { beforeAll, describe, expect, test } from "vitest"
import type { DataFileError, QueryError } from "../../../data/error.ts"
import { openTableWriter, readRows } from "../../../data/parquet/index.ts"
import { Queries, type QueriesOptions, type Settings, wholeAnswer } from "../../../runtime/index.ts"
import { project } from "../project.ts"

const columns = { n: "int32", source: "utf8", score: "float64" } as const
const rows = Array.from({ length: 5000 }, (_, n) => ({ n, source: n % 2 === 0 ? "gold" : "proxy", score: ((n * 7919) % 5000) / 10 }))
const folder = project({ "pairs/.keep": "", "other/.keep": "" }, { environment: { ASSAY_MEMORY: "1GB" } })
const [pairs, other] = [`${folder.root}/pairs/object`, `${folder.root}/other/object`]
beforeAll(async () => {
  for (const path of [pairs, other]) {
    const writer = await openTableWriter(path, columns)
    await writer.append(rows)
    await writer.close()
  }
})

/** Runs `use` with processes of its own. */
const withQueries = <A, E>(use: (queries: Queries["Service"]) => Effect.Effect<A, E, Settings>, options: QueriesOptions = {}): Promise<A> =>
  folder.provided(Effect.provide(Effect.flatMap(Queries, use), Queries.layer(options)))

const select = (queries: Queries["Service"], sql: string, views: Readonly<Record<string, ReadonlyArray<string>>> = { pairs: [pairs] }) =>
  queries.query(views, sql, wholeAnswer)

const failure = <A>(effect: Effect.Effect<A, QueryError | DataFileError>) => Effect.flip(effect)

/** Does not end by itself, and counts as it goes. */
const endless = "select count(*) from range(1000000000000) a, range(1000000)"
/** One function that computes for minutes and does not look whether it should stop. */
const deaf = "select levenshtein(repeat('x', 1000000), repeat('y', 1000000))"

test("one process answers one question after the other, about views and about tables", async () => {
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        expect(yield* queries.describe({ path: pairs })).toMatchObject({ rows: 5000, columns: [{ name: "n", kind: "number" }, {}, {}] })
        const request = { offset: 2, limit: 2, sort: [{ column: "score", direction: "descending" }], columns: ["score"] } as const
        const sorted = [...rows].sort((a, b) => b.score - a.score).slice(2, 4)
        expect((yield* queries.page({ path: pairs }, request)).rows).toEqual(sorted.map(({ n, score }) => ({ row: n, cells: [score] })))
        expect(yield* queries.count({ path: pairs }, { search: "GOLD" })).toBe(2500)
        expect(yield* queries.histogram({ path: pairs }, { column: "source" })).toMatchObject({ kind: "values", distinct: 2 })
        expect((yield* queries.statistics({ path: pairs }, { columns: ["n"] })).columns).toMatchObject([{ min: 0, max: 4999 }])
        const joined = yield* select(queries, "select count(*) from a join b using (n)", { a: [pairs], b: [other] })
        expect(joined.rows).toEqual([[5000]])
        expect(yield* failure(queries.page({ path: pairs }, { offset: 0, limit: 1, columns: ["m"] }))).toMatchObject({
          _tag: "QueryError",
          reason: "invalid",
          message: 'the table has no column "m"; did you mean n? Columns: n, source, score',
        })
        expect(yield* failure(queries.describe({ path: `${folder.root}/absent` }))).toMatchObject({
          _tag: "DataFileError",
          file: `${folder.root}/absent`,
        })
      }),
    { processes: 1 },
  )
})

test("no SQL reads what it was not given, or writes, or changes what comes after it", async () => {
  const state = async () =>
    Promise.all(
      (await readdir(folder.root, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(
          async ({ parentPath, name }) =>
            `${parentPath}/${name} ${createHash("sha256")
              .update(await readFile(`${parentPath}/${name}`))
              .digest("hex")}`,
        ),
    )
  const before = await state()
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        yield* queries.page({ path: other }, { offset: 0, limit: 1, filters: [{ column: "n", op: ">", value: 3 }] })
        for (const sql of [
          `select * from '${other}'`,
          `select * from read_parquet('${other}')`,
          "select * from numbered",
          "select * from artifact",
          "select * from 'order 1'",
          `copy (select 1) to '${folder.root}/copy.csv'`,
          `copy (select 1) to '${pairs}' (use_tmp_file false)`,
          `attach '${folder.root}/new.db'`,
          "install httpfs",
          "load httpfs",
          "set threads = 1",
          "set enable_external_access = true",
          "select 1; select 2",
          "drop view pairs",
          "create temp table mine as select 1",
          "select getenv('HOME')",
          "select * from read_blob('/proc/self/environ')",
        ])
          expect(yield* failure(select(queries, sql)), sql).toMatchObject({ _tag: "QueryError" })
        for (const sql of [
          `select * from enable_logging(storage := 'file', storage_path := '${folder.root}/logs')`,
          `select * from enable_profiling(save_location := '${folder.root}/profile.json', format := 'json')`,
          "select * from enable_logging(level := 'trace')",
        ]) {
          yield* Effect.exit(select(queries, sql))
          expect((yield* select(queries, "select count(*) from pairs")).rows).toEqual([[5000]])
          expect((yield* select(queries, "select count(*) from duckdb_logs()")).rows).toEqual([[0]])
          expect((yield* queries.page({ path: other }, { offset: 0, limit: 1 })).total).toBe(5000)
        }
      }),
    { processes: 1 },
  )
  expect(await state()).toEqual(before)
})

describe("a question is stopped", () => {
  test.each([
    ["that counts for ever", endless],
    ["that takes no notice of an interrupt", deaf],
  ])("after the limit of time: one %s; the next one is answered", async (_, sql) => {
    await withQueries(
      (queries) =>
        Effect.gen(function* () {
          yield* Effect.exit(select(queries, "select 1"))
          const error = yield* failure(select(queries, sql))
          expect(error).toMatchObject({ _tag: "QueryError", reason: "time", message: expect.stringContaining("took longer than 1s") })
          const answer = yield* Effect.retry(select(queries, "select count(*) from pairs"), { times: 20 })
          expect(answer.rows).toEqual([[5000]])
        }),
      { processes: 1, timeLimit: "1 second" },
    )
  })

  test("when it is interrupted, at once; its process answers the next one, or another takes its place", async () => {
    await withQueries(
      (queries) =>
        Effect.gen(function* () {
          yield* select(queries, "select 1")
          for (const sql of [endless, deaf]) {
            const asking = yield* Effect.forkChild(select(queries, sql))
            yield* Effect.sleep("500 millis")
            const start = performance.now()
            yield* Fiber.interrupt(asking)
            expect(performance.now() - start).toBeLessThan(5000)
            expect((yield* select(queries, "select count(*) from pairs")).rows).toEqual([[5000]])
          }
        }),
      { processes: 1 },
    )
  })

  test("where it needs more memory than its share; the next one is answered", async () => {
    await withQueries(
      (queries) =>
        Effect.gen(function* () {
          for (const sql of ["select count(distinct range) from range(100000000)", "select range(4000000000)"]) {
            expect(yield* failure(select(queries, sql))).toMatchObject({ _tag: "QueryError", reason: "memory" })
            expect((yield* select(queries, "select count(*) from pairs")).rows).toEqual([[5000]])
          }
        }),
      { processes: 1 },
    )
  })
})

test("no more questions wait than may, and those that wait are answered", async () => {
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        const asking = yield* Effect.forkChild(select(queries, endless))
        yield* Effect.sleep("100 millis")
        const waiting = yield* Effect.forkChild(select(queries, "select 1"))
        yield* Effect.sleep("100 millis")
        expect(yield* failure(select(queries, "select 2"))).toMatchObject({
          reason: "busy",
          message: expect.stringContaining("1 others wait"),
        })
        yield* Fiber.interrupt(asking)
        expect((yield* Fiber.join(waiting)).rows).toEqual([[1]])
      }),
    { processes: 1, waiting: 1 },
  )
})

test("a process that was killed while it was idle is replaced", async () => {
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        const ids = () => Effect.promise(childProcesses)
        yield* select(queries, "select 1")
        const [child] = yield* ids()
        process.kill(child as number, "SIGKILL")
        yield* Effect.sleep("1 second")
        expect((yield* select(queries, "select count(*) from pairs")).rows).toEqual([[5000]])
        expect(yield* ids()).not.toContain(child)
      }),
    { processes: 1 },
  )
  expect(await childProcesses()).toEqual([])
})

/** The processes that this one has started to answer queries. */
const childProcesses = async (): Promise<ReadonlyArray<number>> => {
  const found: Array<number> = []
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (parent === String(process.pid) && state !== "Z" && command.includes("assay-tests")) found.push(Number(pid))
  }
  return found
}

test("a small question to a warm process costs little beside what the database takes", async () => {
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        const times: Array<number> = []
        for (let time = 0; time < 21; time++) {
          const start = performance.now()
          yield* queries.describe({ path: pairs })
          times.push(performance.now() - start)
        }
        expect(times.sort((a, b) => a - b)[5]).toBeLessThan(15)
      }),
    { processes: 1 },
  )
})

describe("a download", () => {
  const collect = (stream: Stream.Stream<Uint8Array, QueryError | DataFileError>) =>
    Effect.map(Stream.runCollect(stream), (pieces) => Buffer.concat([...pieces]))

  test("of all of a table as Parquet is the stored file, and of some rows a table of them", async () => {
    await withQueries((queries) =>
      Effect.gen(function* () {
        const whole = yield* collect(queries.download({ path: pairs }, { format: "parquet" }))
        expect(whole.equals(yield* Effect.promise(() => readFile(pairs)))).toBe(true)
        const filters = [{ column: "source", op: "=", value: "gold" }] as const
        const some = yield* collect(queries.download({ path: pairs }, { format: "parquet", filters }))
        folder.write("some.parquet", "")
        yield* Effect.promise(async () => (await import("node:fs/promises")).writeFile(`${folder.root}/some.parquet`, some))
        expect(yield* Effect.promise(() => readRows(`${folder.root}/some.parquet`, columns))).toEqual(
          rows.filter(({ source }) => source === "gold"),
        )
        const csv = (yield* collect(queries.download({ path: pairs }, { format: "csv", columns: ["n"], filters }))).toString()
        expect(csv).toBe(`n\n${rows.flatMap(({ n }) => (n % 2 === 0 ? [`${n}\n`] : [])).join("")}`)
      }),
    )
  })

  test("that fails says why, and one that is no longer taken ends its process", async () => {
    await withQueries((queries) =>
      Effect.gen(function* () {
        expect(yield* failure(collect(queries.download({ path: pairs }, { format: "csv", columns: ["m"] })))).toMatchObject({
          _tag: "QueryError",
        })
        const absent = { path: `${folder.root}/absent` }
        for (const format of ["csv", "parquet"] as const)
          expect(yield* failure(collect(queries.download(absent, { format })))).toMatchObject({ _tag: "DataFileError", file: absent.path })
        const first = yield* Stream.runCollect(Stream.take(queries.download({ path: pairs }, { format: "jsonl" }), 1))
        expect(Buffer.concat([...first]).toString()).toMatch(/^{"n":0,"source":"gold","score":0\.0}\n/)
        expect(yield* Effect.promise(childProcesses)).toEqual([])
      }),
    )
  })
})
