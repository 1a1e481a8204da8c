import { parse } from "csv-parse/sync"
import { beforeAll, describe, expect, test } from "vitest"
import { identifier, literal } from "../../data/sql.ts"
import type { Histogram, Manifest, Page } from "../../runtime/index.ts"
import type {
  Difference,
  GenerationsPage,
  Lineage,
  ResponseSets,
  RunDetails,
  RunSummary,
  StageDetails,
  TableDetails,
} from "../../serve/api.ts"
import { type Project, project } from "../runtime/project.ts"
import { type Served, serveStore } from "./server.ts"
import { duckdb, publish, publishTable, recordRun } from "./stored.ts"

const texts = [
  "<script>alert(1)</script>",
  "</script><svg onload=alert(1)>",
  "\u202etxt.exe\u202c \u2066x\u2069 \u200f",
  "a\0b",
  "\0",
  "",
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  `"quoted", 'single' and \\ back`,
  "line\nfeed\r\nand return\r",
  "\u2028\u2029\ufeff",
  "𝒳 😀 é 漢字",
  "'; DROP TABLE artifact; --",
  "$\u007bjndi:x} {{7*7}} %s %00 %2e%2e",
  "\x1b[31mred\x1b[0m\x07",
  "NaN",
  "null",
  "a long text, in one column alone",
]
/** The last text, where it is long. */
const long = "x".repeat(1_000_000)
const textAt = (n: number, column: number): string => (n === texts.length - 1 && column === 0 ? long : (texts[n] ?? ""))

const columns = [
  "plain",
  'quo"ted',
  "new\nline",
  "' OR 1=1 --",
  '"; DROP VIEW artifact; --',
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "row number",
  "file_row_number",
  "select",
  "a.b",
  "a,b",
  " ",
]
/** Names of a stage that are as bad as its texts. */
const ids = [
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "a\"b'c",
  "new\nline",
  "%2e%2e",
  "__proto__",
  "\u202eevil",
  "$(reboot)",
  "a b",
]

let folder: Project
let served: Served
let table: Manifest
let run = ""
beforeAll(async () => {
  folder = project({})
  const rows = texts.map((_, n) => `(${[n, ...columns.map((_, column) => literal(textAt(n, column)))].join(", ")})`)
  const names = ["n", ...columns].map(identifier)
  table = await publishTable(folder, `SELECT * FROM (VALUES ${rows.join(", ")}) AS t(${names.join(", ")})`, {
    output: '</script>"\r\n../x',
    printed: texts.slice(0, -1),
    parameters: { text: texts[0], "<b>": texts[1] },
  })
  run = (await recordRun(folder, Object.fromEntries(ids.map((id) => [id, table])))).run
  served = await serveStore(folder)
})

const at = (rest = "") => `/results/${table.key}/${encodeURIComponent('</script>"\r\n../x')}${rest}`

test("texts and names of columns arrive as they are stored, as data", async () => {
  const details = await served.get<TableDetails>(at())
  expect(details.columns.map(({ name }) => name)).toEqual(["n", ...columns])
  const { rows, total } = await served.post<Page>(at("/rows"), { offset: 0, limit: 100, cell: 600_000 })
  expect(total).toBe(texts.length)
  for (const [n, { row, cells, cut }] of rows.entries()) {
    expect(row).toBe(n)
    const isLong = n === texts.length - 1
    const expected = columns.map((_, column) => textAt(n, column))
    expect(cells).toEqual([n, ...(isLong ? [`${long.slice(0, 600_000)}…`, ...expected.slice(1)] : expected)])
    expect(cut).toEqual(isLong ? [1] : undefined)
  }
  const answer = await served.ask(`/api${at("/rows")}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ offset: 0, limit: 5 }),
  })
  expect(answer.headers["content-type"]).toBe("application/json")
  expect(answer.headers["cache-control"]).toBe("no-store")
})

test("a cell is cut to what is asked for: a page of long texts is not long", async () => {
  const answer = await served.ask(`/api${at("/rows")}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ offset: 0, limit: 100 }),
  })
  expect(answer.body.length).toBeLessThan(50_000)
})

test("each column can be filtered and sorted by its name, and each text found by itself", async () => {
  for (const [place, column] of columns.entries()) {
    const filter = `"${column.replaceAll('"', '""')}" contains 'script'`
    const { rows } = await served.post<Page>(at("/rows"), { filter, sort: [{ column, direction: "descending" }], offset: 0, limit: 10 })
    expect(rows.map(({ cells }) => cells[place + 1])).toEqual(["<script>alert(1)</script>", "</script><svg onload=alert(1)>"])
  }
  for (const [n, text] of texts.slice(0, -1).entries()) {
    const filter = `plain = '${text.replaceAll("'", "''")}'`
    const { rows } = await served.post<Page>(at("/rows"), { filter, search: text, offset: 0, limit: 10 })
    expect(
      rows.map(({ row }) => row),
      JSON.stringify(text),
    ).toEqual([n])
  }
  for (const column of [`quo"ted`, "' OR 1=1 --", "row number"])
    expect(await served.post<Histogram>(at("/histogram"), { column })).toMatchObject({ column, rows: texts.length, nulls: 0 })
})

test("half a character is not taken for a character, and breaks nothing", async () => {
  for (const text of ["\ud800", "a\udfffb", "\ud83d", "\udc00\ud800"]) {
    const body = `{"search":${JSON.stringify(text)},"offset":0,"limit":1}`
    const answer = await served.ask(`/api${at("/rows")}`, { method: "POST", headers: { "content-type": "application/json" }, body })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text).rows).toEqual([])
  }
})

describe("a download", () => {
  const download = (format: string, rest = "") => served.ask(`/api${at("/download")}?format=${format}${rest}`)

  test("is a file to be kept, with a name that is nothing but letters", async () => {
    for (const [format, type] of [
      ["csv", "text/csv; charset=utf-8"],
      ["jsonl", "application/x-ndjson"],
      ["parquet", "application/vnd.apache.parquet"],
    ]) {
      const { headers, status } = await download(format as string)
      expect(status).toBe(200)
      expect(headers["content-type"]).toBe(type)
      expect(headers["content-disposition"]).toBe(`attachment; filename="__script____.._x.${format}"`)
    }
  })

  test("as JSON lines has each text as it is stored", async () => {
    const lines = (await download("jsonl")).text.trimEnd().split("\n")
    expect(lines.map((line) => Object.entries(JSON.parse(line)))).toEqual(
      texts.map((_, n) => [["n", n], ...columns.map((column, index) => [column, textAt(n, index)])]),
    )
  })

  test("as CSV is what another reader reads back", async () => {
    const [head, ...rows] = parse((await download("csv")).text, { relax_column_count: false }) as Array<Array<string>>
    expect(head).toEqual(["n", ...columns])
    expect(rows).toEqual(texts.map((_, n) => [String(n), ...columns.map((_, index) => textAt(n, index))]))
  })

  test("as Parquet is the stored file, and of some rows another table of them", async () => {
    expect((await download("parquet")).body.length).toBe(table.outputs['</script>"\r\n../x']?.bytes)
    const some = await download("parquet", `&filter=${encodeURIComponent("n < 3")}`)
    const file = `${folder.root}/some.parquet`
    folder.write("some.parquet", "")
    const { writeFileSync } = await import("node:fs")
    writeFileSync(file, some.body)
    const read = await duckdb(async (connection) => (await connection.runAndReadAll(`SELECT plain FROM '${file}'`)).getRows())
    expect(read).toEqual(texts.slice(0, 3).map((text) => [text]))
  })
})

test("a run and its stages are found by their names, whatever those are", async () => {
  const details = await served.get<RunDetails>(`/runs/${run}`)
  expect(details.stages.map(({ id }) => id)).toEqual(ids)
  for (const id of ids) {
    const stage = await served.get<StageDetails>(`/runs/${run}/stages/${encodeURIComponent(id)}`)
    expect(stage.id).toBe(id)
    expect(stage.log).toEqual(texts.slice(0, -1))
    expect(stage.parameters).toEqual({ text: texts[0], "<b>": texts[1] })
  }
  const { message } = await served.refused(`/runs/${run}/stages/${encodeURIComponent("<img src=x>")}`)
  expect(message).toBe(`run ${run} has no stage "<img src=x>"`)
})

test("a command to copy keeps a hostile name one word of the shell", async () => {
  const failed = await recordRun(folder, Object.fromEntries(ids.map((id) => [id, "failed"])))
  const { execFileSync } = await import("node:child_process")
  for (const id of ids) {
    const { reproduce } = await served.get<StageDetails>(`/runs/${failed.run}/stages/${encodeURIComponent(id)}`)
    const command = reproduce.at(-1) ?? ""
    expect(command.startsWith("npx assay replay ")).toBe(true)
    const words = execFileSync("sh", ["-c", `printf '%s\\0' ${command.slice("npx ".length)}`])
      .toString()
      .split("\0")
      .slice(0, -1)
    expect(words).toEqual(["assay", "replay", id])
  }
})

test("a file that could run in a browser is shown without running, or only kept", async () => {
  folder.write("x.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
  folder.write("x.html", "<script>alert(1)</script>")
  folder.write("x.js", "alert(1)")
  folder.write("x.json", `{"a":"</script>"}`)
  const names = { "x.svg": "a.svg", "x.html": '"; filename=evil.exe; x="\r\n<b>.html', "x.js": "../a.js", "x.json": "a.json" }
  const files = Object.fromEntries(Object.entries(names).map(([from, name]) => [name, `${folder.root}/${from}`]))
  const { key } = await publish(folder, { report: { artifact: "report", kind: "files", files } })
  const of = async (name: string) => (await served.ask(`/api/results/${key}/report/files/${encodeURIComponent(name)}`)).headers
  for (const name of Object.values(names)) {
    expect((await of(name))["content-security-policy"]).toMatch(/default-src 'none'.*sandbox$/)
    expect((await of(name))["x-content-type-options"]).toBe("nosniff")
  }
  expect((await of(names["x.svg"]))["content-type"]).toBe("image/svg+xml")
  expect((await of(names["x.json"]))["content-type"]).toBe("text/plain; charset=utf-8")
  for (const [name, safe] of [
    [names["x.html"], "___filename_evil.exe__x_____b_.html"],
    [names["x.js"], "a.js"],
  ] as const) {
    expect((await of(name))["content-type"]).toBe("application/octet-stream")
    expect((await of(name))["content-disposition"]).toBe(`attachment; filename="${safe}"`)
  }
})

test("hostile texts of policies are found, ordered and shown side by side", async () => {
  const own = texts.slice(0, -1)
  const values = own.map((text, n) => `(${n}, ${literal(text)}, ${literal(`${text}!`)}, ${n / 10})`).join(", ")
  const made = { artifact: "responses", output: "responses" }
  const responses = await publishTable(folder, `SELECT * FROM (VALUES ${values}) AS t(prompt_id, prompt, response, score)`, made)
  const record = await recordRun(folder, { sample: responses })
  const responseSet = { key: responses.key, output: "responses" }
  const ask = (more: object) =>
    served.post<GenerationsPage>("/generations", {
      run: record.run,
      responseSets: [responseSet, responseSet],
      order: "prompt",
      offset: 0,
      limit: 200,
      ...more,
    })
  const page = await ask({})
  expect(page.prompts.map(({ prompt }) => prompt)).toEqual(own)
  for (const { prompt, answers } of page.prompts) for (const [answer] of answers) expect(answer?.response).toBe(`${prompt}!`)
  for (const order of ["gain", "disagreement", "longest", "shortest", "log-ratio"]) expect((await ask({ order })).total).toBe(own.length)
  for (const prompt of own) expect((await ask({ prompt })).prompts.map((each) => each.prompt)).toEqual([prompt])
  expect((await ask({ search: "'; DROP TABLE" })).total).toBe(1)
  expect(await served.get<ResponseSets>(`/results/${responses.key}/responses/response-sets`)).toEqual({ steps: [], against: [] })
  const lineage = await served.get<Lineage>(`/runs/${record.run}/lineage?key=${responses.key}&output=responses&row=3`)
  expect(lineage.row?.cells).toMatchObject({ prompt: own[3], response: `${own[3]}!` })
})

test("differences of runs name stages as they are called", async () => {
  const runs = await served.get<ReadonlyArray<RunSummary>>("/runs")
  const [after, before] = runs.filter(({ counts }) => counts.finished + counts.failed === ids.length)
  const difference = await served.get<Difference>(`/diff?before=${before?.run}&after=${after?.run}`)
  const named = [
    ...difference.different.map(({ id }) => id),
    ...difference.onlyAfter,
    ...difference.onlyBefore,
    ...difference.unproven.map(({ id }) => id),
  ]
  expect(difference.same + named.length).toBe(ids.length)
})
