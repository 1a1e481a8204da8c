import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { DuckDBInstance } from "@duckdb/node-api"
import { type ArtifactType, type Columns, files, type Row, table } from "assay"
import { afterAll, describe, expect, test } from "vitest"
import { takeOutputs } from "../../../../runtime/execute/command/take-outputs.ts"
import type { Report } from "../../../../runtime/execute/task/task.ts"

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-outputs-")))
afterAll(() => fs.rmSync(root, { recursive: true, force: true }))
let folders = 0

/** A folder in which a program wrote these files. */
const wrote = (content: Readonly<Record<string, string | Uint8Array>>): string => {
  folders += 1
  const folder = path.join(root, String(folders))
  fs.mkdirSync(folder)
  for (const [name, text] of Object.entries(content)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), text)
  }
  return folder
}

/** What is taken of it as outputs of these types. */
const take = async (folder: string, types: Readonly<Record<string, ArtifactType>>) => {
  const rows: Record<string, Array<Row<Columns>>> = {}
  const adopted: Record<string, Array<string>> = {}
  const remarks: Array<Report> = []
  const outputs = Object.entries(types).map(([name, type]) => {
    rows[name] = []
    adopted[name] = []
    const append = async (added: ReadonlyArray<Row<Columns>>): Promise<void> => void rows[name]?.push(...added)
    const adopt = async (file: string): Promise<void> => void adopted[name]?.push(file)
    return [name, { type, sink: { append, write: async () => {} }, adopt }] as const
  })
  const written = await takeOutputs(folder, outputs, (report) => remarks.push(report))
  return { written, rows, adopted, remarks: remarks.map((report) => (report.type === "output" ? report.text : "")) }
}

const Metrics = table("metrics", { step: "int32", name: "utf8", value: "float64?" })
const metrics = { metrics: Metrics }
const rows = [
  { step: 1, name: "loss", value: 0.5 },
  { step: 2, name: 'a "quoted", name', value: null },
]

const duck = async (sql: string): Promise<void> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(sql)
}

describe("a table is the same, whichever container a program chooses", () => {
  const jsonl = `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`
  const csv = 'step,name,value\n1,loss,0.5\n2,"a ""quoted"", name",\n'
  test.each([
    ["metrics.jsonl", jsonl],
    ["metrics.json", JSON.stringify(rows, null, 2)],
    ["metrics.csv", csv],
    ["metrics.csv.gz", gzipSync(csv)],
    ["metrics.tsv", csv.replaceAll(/,(?! name)/g, "\t")],
  ])("%s", async (name, content) => {
    const taken = await take(wrote({ [name]: content }), metrics)
    expect(taken.rows.metrics).toEqual(rows)
    expect(taken.written).toEqual([{ output: "metrics", artifact: "metrics", files: [] }])
    expect(taken.remarks).toEqual([])
  })

  test("metrics.parquet, with the wider types that pandas writes, and columns in another order", async () => {
    const folder = wrote({})
    await duck(
      `copy (select 'loss' as name, 0.5::float as value, 1::bigint as step union all select 'a "quoted", name', null, 2) to '${folder}/metrics.parquet' (format parquet)`,
    )
    expect((await take(folder, metrics)).rows.metrics).toEqual(rows)
  })
})

test("a column that may be null may be left out", async () => {
  expect((await take(wrote({ "metrics.jsonl": '{"step":1,"name":"loss"}\n' }), metrics)).rows.metrics).toEqual([
    { step: 1, name: "loss", value: null },
  ])
  expect((await take(wrote({ "metrics.csv": "step,name\n1,loss\n" }), metrics)).rows.metrics).toEqual([
    { step: 1, name: "loss", value: null },
  ])
})

test("a table of no rows is one", async () => {
  expect((await take(wrote({ "metrics.jsonl": "" }), metrics)).rows.metrics).toEqual([])
  expect((await take(wrote({ "metrics.csv": "step,name,value\n" }), metrics)).rows.metrics).toEqual([])
})

test("cells of every type are read from JSON and from CSV", async () => {
  const every = { every: table("every", { b: "bool", f: "float32", t: "utf8", i: "list<int32>", l: "list<float32>?" }) }
  const expected = [
    { b: true, f: 0.25, t: "1", i: Int32Array.of(1, 2), l: Float32Array.of(0.5) },
    { b: false, f: Number.POSITIVE_INFINITY, t: "", i: Int32Array.of(), l: null },
  ]
  const csv = 'b,f,t,i,l\nTrue,.25,1,"[1, 2]",[0.5]\nfalse,inf,,[],\n'
  expect((await take(wrote({ "every.csv": csv }), every)).rows.every).toEqual(expected)
  const jsonl = '{"b":true,"f":0.25,"t":"1","i":[1,2],"l":[0.5]}\n'
  expect((await take(wrote({ "every.jsonl": jsonl }), every)).rows.every).toEqual(expected.slice(0, 1))
})

test("a table of many rows arrives whole and in order", async () => {
  const lines = Array.from({ length: 10_000 }, (_, step) => JSON.stringify({ step, name: "loss", value: step / 2 }))
  const taken = await take(wrote({ "metrics.jsonl": lines.join("\n") }), metrics)
  expect(taken.rows.metrics?.map(({ step }) => step)).toEqual(lines.map((_, step) => step))
})

describe("what is wrong with a table is said with output, column and row, what was expected and what was found", () => {
  test.each([
    [
      "nothing at all",
      {},
      "OutputMissing",
      /^output "metrics": expected outputs\/metrics\.parquet, \.jsonl or \.csv; the program wrote nothing/,
    ],
    ["another name", { "metric.jsonl": "" }, "OutputMissing", /the program wrote metric\.jsonl into outputs\/$/],
    ["a folder", { "metrics/part-0.jsonl": "" }, "OutputMissing", /the program wrote metrics into outputs\/$/],
    [
      "two files",
      { "metrics.jsonl": "", "metrics.csv": "" },
      "OutputAmbiguous",
      /wrote "metrics" more than once: metrics\.csv, metrics\.jsonl/,
    ],
    [
      "a missing column",
      { "metrics.csv": "step,value\n1,2\n" },
      "WrongOutput",
      /^output "metrics": outputs\/metrics\.csv has no column "name": expected utf8; it has step, value$/,
    ],
    [
      "a column too many",
      { "metrics.csv": "step,name,value,loss\n" },
      "WrongOutput",
      /outputs\/metrics\.csv has a column "loss", which is not declared: leave it out, or declare it; declared are step, name, value$/,
    ],
    [
      "a missing field of one line",
      { "metrics.jsonl": '{"step":1,"name":"a"}\n{"step":2}\n' },
      "WrongOutput",
      /outputs\/metrics\.jsonl, row 1 has no column "name": expected utf8/,
    ],
    [
      "a cell of another type",
      { "metrics.jsonl": '{"step":1,"name":"a"}\n{"step":1.5,"name":"a"}\n' },
      "WrongOutput",
      /outputs\/metrics\.jsonl, column "step", row 1: expected int32, found 1\.5$/,
    ],
    [
      "an integer that is too large",
      { "metrics.csv": "step,name\n3000000000,a\n" },
      "WrongOutput",
      /column "step", row 0: expected int32, found "3000000000"$/,
    ],
    [
      "null where it is not allowed",
      { "metrics.jsonl": '{"step":1,"name":null}\n' },
      "WrongOutput",
      /column "name", row 0: expected utf8, found null$/,
    ],
    [
      "an empty cell where a number is expected",
      { "metrics.csv": "step,name\n,a\n" },
      "WrongOutput",
      /column "step", row 0: expected int32, found null$/,
    ],
    [
      "what is not JSON",
      { "metrics.jsonl": '{"step":1,"name":"a","value":NaN}\n' },
      "WrongOutput",
      /outputs\/metrics\.jsonl:1: is not JSON/,
    ],
    ["what is not Parquet", { "metrics.parquet": "PAR1 and no more" }, "WrongOutput", /^output "metrics": outputs\/metrics\.parquet: /],
  ])("%s", async (_, content, tag, message) => {
    await expect(take(wrote(content as never), metrics)).rejects.toMatchObject({ tag, message: expect.stringMatching(message) })
  })

  test("the details name them", async () => {
    await expect(take(wrote({ "metrics.jsonl": '{"step":"x","name":"a"}\n' }), metrics)).rejects.toMatchObject({
      details: { output: "metrics", column: "step", row: 0, expected: "int32", found: '"x"' },
    })
  })
})

describe("files", () => {
  const model = { model: files("model") }

  test("those of the output's folder are taken, in folders and with dots", async () => {
    const folder = wrote({ "model/weights.bin": "w", "model/a/b.txt": "b", "model/.gitattributes": "g" })
    const taken = await take(folder, model)
    expect(taken.adopted.model).toEqual([".gitattributes", "a/b.txt", "weights.bin"])
    expect(taken.written).toEqual([{ output: "model", artifact: "model", files: [".gitattributes", "a/b.txt", "weights.bin"] }])
  })

  test.each([
    ["no folder", {}],
    ["a file of that name", { model: "text" }],
    ["a file of another kind", { "model.bin": "text" }],
  ])("%s is not an output", async (_, content) => {
    await expect(take(wrote(content as never), model)).rejects.toMatchObject({
      tag: "OutputMissing",
      message: expect.stringContaining("expected files in the folder outputs/model/"),
    })
  })

  test("an empty folder is not an output", async () => {
    const folder = wrote({})
    fs.mkdirSync(path.join(folder, "model", "empty"), { recursive: true })
    await expect(take(folder, model)).rejects.toMatchObject({ tag: "OutputMissing" })
  })

  test("what no output is called is remarked, and not kept", async () => {
    const taken = await take(wrote({ "model/weights.bin": "w", "notes.txt": "n", ".cache": "c" }), model)
    expect(taken.remarks).toEqual(["outputs/notes.txt is not an output that the stage declares, and is not kept"])
  })

  test("an output is not taken for another one whose name begins alike", async () => {
    const folder = wrote({ "metrics.jsonl": '{"step":1,"name":"a"}\n', "metrics2.jsonl": '{"step":2,"name":"b"}\n' })
    const taken = await take(folder, { metrics: Metrics, metrics2: Metrics })
    expect([taken.rows.metrics, taken.rows.metrics2].map((all) => all?.map(({ step }) => step))).toEqual([[1], [2]])
  })
})
