import { Effect, Exit, Fiber } from "effect"
import { beforeAll, expect, test } from "vitest"
import { openTableWriter } from "../../../data/parquet/index.ts"
import { Queries, type QueriesOptions, type Settings } from "../../../runtime/index.ts"
import { project } from "../project.ts"

const count = 200_000
const folder = project({ "table/.keep": "" }, { environment: { ASSAY_MEMORY: "1GB" } })
const table = { path: `${folder.root}/table/object` }
beforeAll(async () => {
  const writer = await openTableWriter(table.path, { n: "int32", text: "utf8" })
  await writer.append(Array.from({ length: count }, (_, n) => ({ n, text: `${(n * 7919) % count}` })))
  await writer.close()
})

const withQueries = <A, E>(use: (queries: Queries["Service"]) => Effect.Effect<A, E, Settings>, options: QueriesOptions = {}): Promise<A> =>
  folder.provided(Effect.provide(Effect.flatMap(Queries, use), Queries.layer(options)))

const sorted = (queries: Queries["Service"], offset: number, search = "") =>
  queries.page(table, { offset, limit: 5, search, sort: [{ column: "text", direction: "ascending" }] })

const expected = Array.from({ length: count }, (_, n) => n).sort((a, b) => {
  const [left, right] = [`${(a * 7919) % count}`, `${(b * 7919) % count}`]
  return left < right ? -1 : left > right ? 1 : 0
})

test.each([1, 2])(
  "questions about one table that overlap do not end each other: one is cancelled, the others are right, with %i processes",
  async (processes) => {
    await withQueries(
      (queries) =>
        Effect.gen(function* () {
          yield* queries.describe(table)
          for (let time = 0; time < 6; time++) {
            // Another search each time: its order is not known yet, and takes time to find.
            const cancelled = yield* Effect.forkChild(sorted(queries, 0, `${time}`))
            const others = yield* Effect.forkChild(
              Effect.forEach(
                [0, 1, 2],
                (n) => Effect.all([queries.count(table, { search: "999" }), queries.page(table, { offset: n * 1000, limit: 2 })]),
                {
                  concurrency: "unbounded",
                },
              ),
            )
            yield* Effect.sleep(time * 8)
            yield* Fiber.interrupt(cancelled)
            const answers = yield* Fiber.join(others)
            for (const [n, [found, page]] of answers.entries()) {
              expect(found).toBe(Array.from({ length: count }, (_, n) => `${n}`).filter((text) => text.includes("999")).length)
              expect(page.rows.map(({ row }) => row)).toEqual([n * 1000, n * 1000 + 1])
            }
          }
          const page = yield* sorted(queries, 1000)
          expect(page.rows.map(({ row }) => row)).toEqual(expected.slice(1000, 1005))
        }),
      { processes },
    )
  },
)

test("a question that is cancelled before its process has it, or just as it is answered, harms none that follows", async () => {
  await withQueries(
    (queries) =>
      Effect.gen(function* () {
        for (let time = 0; time < 24; time++) {
          const asking = yield* Effect.forkChild(queries.page(table, { offset: time, limit: 1 }))
          yield* Effect.sleep(time % 8)
          yield* Fiber.interrupt(asking)
          const exit = yield* Effect.exit(queries.page(table, { offset: time + 1, limit: 1 }))
          expect(Exit.isSuccess(exit) ? exit.value.rows.map(({ row }) => row) : exit).toEqual([time + 1])
        }
      }),
    { processes: 1 },
  )
})
