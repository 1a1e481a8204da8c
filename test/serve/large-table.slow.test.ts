import { beforeAll, describe, expect, test } from "vitest"
import type { Histogram, Page } from "../../data/grid/index.ts"
import type { Manifest } from "../../runtime/index.ts"
import type { Lineage, TableDetails } from "../../serve/api.ts"
import { project } from "../runtime/project.ts"
import { openStream, type Served, serveStore } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

/** Many row groups; `scattered` is in no order, `text` is long and mostly different. */
const count = 1_000_000
let served: Served
let table: Manifest
let run = ""
beforeAll(async () => {
  const folder = project({})
  const select = `SELECT range::INTEGER AS n, ((range * 7919) % ${count})::INTEGER AS scattered, 'prompt ' || (range % 1000) AS prompt, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS text, ((range % 97) / 97)::DOUBLE AS score FROM range(${count})`
  table = await publishTable(folder, select, { options: ", ROW_GROUP_SIZE 50000" })
  run = (await recordRun(folder, { table })).run
  served = await serveStore(folder)
})

/** A limit is for what scans where it should not, on a machine with much else to do. */
const mostSeconds = 30
const times: Array<string> = []

const timed = async <A>(what: string, target: string, body?: unknown): Promise<A> => {
  const start = performance.now()
  const answer = await served.ask(
    `/api${target}`,
    body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  )
  const seconds = (performance.now() - start) / 1000
  expect(answer.status, answer.text.slice(0, 300)).toBe(200)
  expect(answer.body.length, what).toBeLessThan(200_000)
  expect(seconds, what).toBeLessThan(mostSeconds)
  times.push(`${what}: ${Math.round(seconds * 1000)} ms, ${answer.body.length} bytes`)
  return JSON.parse(answer.text)
}
const rows = (what: string, request: object) => timed<Page>(what, `/results/${table.key}/rows/rows`, { limit: 100, ...request })
const numbersOf = (page: Page, column = 0) => page.rows.map(({ cells }) => cells[column])
const range = (from: number, step = 1, length = 100) => Array.from({ length }, (_, n) => from + n * step)

describe("of a million rows each answer is bounded in bytes and time, and right", () => {
  test("what it holds", async () => {
    const details = await timed<TableDetails>("details", `/results/${table.key}/rows`)
    expect(details.rows).toBe(count)
    expect(details.columns.map(({ name }) => name)).toEqual(["n", "scattered", "prompt", "text", "score"])
  })

  test("pages as they are stored, at the start, in the middle, at the end and beyond it", async () => {
    for (const offset of [0, 49_950, 500_000, count - 100]) {
      const page = await rows(`rows from ${offset}`, { offset })
      expect(page.total).toBe(count)
      expect(numbersOf(page)).toEqual(range(offset))
      expect(page.rows.map(({ row }) => row)).toEqual(range(offset))
    }
    expect((await rows("rows beyond the end", { offset: count })).rows).toEqual([])
    expect((await rows("the last rows", { offset: count - 3 })).rows.length).toBe(3)
  })

  test("sorted by a scattered column, at the start, in the middle and at the end; the order is found once", async () => {
    const ascending = [{ column: "scattered", direction: "ascending" }]
    for (const offset of [0, 500_000, count - 100]) {
      const page = await rows(`sorted by a scattered column from ${offset}`, { offset, sort: ascending })
      expect(numbersOf(page, 1)).toEqual(range(offset))
      for (const { row, cells } of page.rows) expect((row * 7919) % count).toBe(cells[1])
    }
    const descending = await rows("sorted the other way", { offset: 0, sort: [{ column: "scattered", direction: "descending" }] })
    expect(numbersOf(descending, 1)).toEqual(range(count - 1, -1))
    const byText = await rows("sorted by length of a text", {
      offset: 10,
      sort: [{ column: "prompt", direction: "descending", length: true }],
    })
    expect(byText.rows[0]?.cells[2]).toMatch(/^prompt \d{3}$/)
  })

  test("filtered and searched", async () => {
    const some = await rows("filtered by a number", { offset: 0, filter: "scattered < 1000 and score > 0.5" })
    expect(some.total).toBeGreaterThan(100)
    for (const { row, cells } of some.rows) {
      expect((row * 7919) % count).toBe(cells[1])
      expect(cells[1]).toBeLessThan(1000)
    }
    const one = await rows("filtered by a text", { offset: 900, filter: "prompt = 'prompt 123'" })
    expect([one.total, one.rows[0]?.row]).toEqual([1000, 900_123])
    const found = await rows("searched", { offset: 0, search: "C4CA4238A0B923820DCC509A6F75849B" })
    expect(found.rows.map(({ row }) => row)).toEqual([0, 1])
    const both = await rows("searched, filtered and sorted", {
      offset: 0,
      search: "prompt 99",
      filter: "n >= 500000",
      sort: [{ column: "scattered", direction: "descending" }],
    })
    expect(both.total).toBe(5500)
    const sorted = numbersOf(both, 1) as ReadonlyArray<number>
    expect(sorted).toEqual([...sorted].sort((a, b) => b - a))
  })

  test("histograms", async () => {
    const ask = (what: string, request: object) => timed<Histogram>(what, `/results/${table.key}/rows/histogram`, request)
    const all = await ask("histogram of a number", { column: "scattered" })
    const binned = (histogram: Histogram) => ("bins" in histogram ? histogram.bins.reduce((sum, bin) => sum + bin.count, 0) : -1)
    expect(binned(all)).toBe(count)
    expect(binned(await ask("histogram of a text", { column: "text" }))).toBe(count)
    expect(await ask("histogram of a selection", { column: "n", filter: "prompt = 'prompt 7'" })).toMatchObject({ rows: 1000 })
  })

  test("one row and where it is from", async () => {
    const lineage = await timed<Lineage>("lineage of a row", `/runs/${run}/lineage?key=${table.key}&output=rows&row=777777`)
    expect(lineage.row?.cells).toMatchObject({ n: 777_777, prompt: "prompt 777" })
  })

  test("more rows than may be sent, and longer cells, are refused", async () => {
    for (const request of [
      { offset: 0, limit: 10_001 },
      { offset: -1 },
      { offset: 0.5 },
      { offset: 0, limit: 100, cell: 1e9 },
      { offset: 0, limit: -1 },
    ])
      expect(await served.refused(`/results/${table.key}/rows/rows`, { limit: 1, ...request }), JSON.stringify(request)).toMatchObject({
        status: 400,
      })
  })
})

test("many pages at once, and some whose client has gone, are each answered with their own rows", async () => {
  const ask = async (offset: number) => {
    const body = { offset, limit: 10 }
    const { rows } = await served.post<Page>(`/results/${table.key}/rows/rows`, body)
    expect(rows.map(({ row }) => row)).toEqual(range(offset, 1, 10))
  }
  const abandoned = Array.from({ length: 6 }, async (_, n) => {
    const sort = [{ column: "text", direction: n % 2 === 0 ? "ascending" : "descending" }]
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ offset: 0, limit: 10, sort }),
    }
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 20 + n * 15)
    await fetch(`${served.url}api/results/${table.key}/rows/rows`, {
      ...request,
      headers: { ...request.headers, cookie: served.cookie },
      signal: abort.signal,
    }).catch(() => {})
  })
  await Promise.all([...abandoned, ...Array.from({ length: 20 }, (_, n) => ask(n * 40_000 + 7))])
})

test("a download of all rows begins at once, and is not held in memory", async () => {
  const start = performance.now()
  const stream = await openStream(served, `/api/results/${table.key}/rows/download?format=csv`)
  expect(stream.status).toBe(200)
  times.push(`first bytes of a download as CSV: ${Math.round(performance.now() - start)} ms`)
  expect(performance.now() - start).toBeLessThan(mostSeconds * 1000)
  stream.pause()
  const before = process.memoryUsage().rss
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  stream.close()
  console.info(times.join("\n"))
})
