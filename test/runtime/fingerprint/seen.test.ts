import * as fs from "node:fs"
import { expect, test } from "vitest"
import { type Project, project } from "../project.ts"

/**
 * A stage that writes down all that it sees of its parameters and of the places of its inputs, as
 * it sees it.
 */
const spy = (pipeline: string): Project =>
  project({
    "stages.ts": `
import { files, many, oneOf, stage, table } from "assay"
import { Schema } from "effect"
export const Out = files("out")
export const Narrow = table("narrow", { a: "int32" })
export const Wide = table("wide", { b: "utf8", a: "int32" })
export const seed = stage({ name: "seed", inputs: {}, parameters: { n: Schema.Int }, outputs: { out: Out }, run: () => import("./seed.ts") })
export const rows = stage({ name: "rows", inputs: {}, parameters: {}, outputs: { wide: Wide }, run: () => import("./rows.ts") })
export const spy = stage({ name: "spy", inputs: { parts: many(Out) }, parameters: { value: Schema.Unknown }, outputs: { out: Out }, run: () => import("./spy.ts") })
export const read = stage({ name: "read", inputs: { t: oneOf(Narrow, Wide) }, parameters: {}, outputs: { out: Out }, run: () => import("./read.ts") })
`,
    "seed.ts": `export const run = ({ parameters, outputs }) => outputs.out.write("n.txt", String(parameters.n))`,
    "rows.ts": `export const run = ({ outputs }) => outputs.wide.append([{ b: "x", a: 1 }])`,
    "spy.ts": `
const seen = (value) =>
  Object.is(value, -0) ? "-0" : typeof value === "object" && value !== null ? Object.entries(value).map(([key, each]) => key + ":" + seen(each)).join() : String(value)
export const run = ({ inputs, parameters, outputs }) =>
  outputs.out.write("seen.txt", seen(parameters.value) + ";" + inputs.parts.map(({ path, at }) => path.join() + " " + seen(at)).join(";"))
`,
    "read.ts": `export const run = async ({ inputs, outputs }) => outputs.out.write("seen.txt", JSON.stringify(await inputs.t.read()))`,
    "pipeline.ts": pipeline,
  })

const seenBy = async (user: Project) => {
  const { results, outcome } = await user.run()
  expect(outcome).toBe("done")
  return results.map(({ manifest }) => {
    const object = manifest.outputs.out?.files[0]?.object ?? ""
    return { key: manifest.key, text: fs.readFileSync(`${user.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`, "utf8") }
  })
}

test("stages of one key have seen the same, down to the sign of zero, the order of keys and the order of a sweep's axes", async () => {
  const found = await seenBy(
    spy(`
import { pipeline, sweep } from "assay"
import { seed, spy } from "./stages.ts"
const values = [{ b: -0, a: undefined, c: 1 }, { c: 1, b: 0 }, { b: 0, c: 1, a: undefined }, { c: 1, b: 0, a: null }]
const parts = seed({ n: 1 })
export default pipeline("seen", () => ({
  values: values.map((value) => spy({ parts: { parts }, value })),
  ab: spy({ parts: sweep({ a: [1], b: [2] }, ({ a, b }) => seed({ n: a + b })), value: null }),
  ba: spy({ parts: sweep({ b: [2], a: [1] }, ({ a, b }) => seed({ n: a + b })), value: null }),
}))
`),
  )
  const texts = new Map<string, string>()
  for (const { key, text } of found) {
    expect(texts.get(key) ?? text).toBe(text)
    texts.set(key, text)
  }
  expect([...texts.values()].sort()).toEqual(["a:null,b:0,c:1;parts ", "b:0,c:1;parts ", "null; a:1,b:2", "null; b:2,a:1"])
})

test("a file that is read as one table is not taken for the same file read as another", async () => {
  const maker = spy(`
import { pipeline } from "assay"
import { rows } from "./stages.ts"
export default pipeline("rows", () => rows({}))
`)
  const [made] = (await maker.run()).results
  const object = made?.manifest.outputs.wide?.files[0]?.object ?? ""
  const user = spy(`
import { file, pipeline } from "assay"
import { Narrow, read, Wide } from "./stages.ts"
export default pipeline("read", () => ({ narrow: read({ t: file("t.parquet", Narrow) }), wide: read({ t: file("t.parquet", Wide) }) }))
`)
  fs.copyFileSync(`${maker.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`, `${user.root}/t.parquet`)
  const [narrow, wide] = await seenBy(user)
  expect([narrow?.text, wide?.text]).toEqual(['[{"a":1}]', '[{"b":"x","a":1}]'])
  expect(narrow?.key).not.toBe(wide?.key)
})
