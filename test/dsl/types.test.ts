import { Schema } from "effect"
import { expect, test } from "vitest"
import { anyNumber, type Columns, file, files, many, oneOf, optional, pipeline, stage, swap, sweep, table } from "../../dsl/index.ts"

const run = () => import("./fixtures/implementation.ts")
const make = <const C extends Columns>(columns: C) =>
  stage({ name: "make", inputs: {}, parameters: {}, outputs: { t: table("t", columns) }, run })({})

const T = table("t", { a: "int32", b: "utf8" })
const use = stage({ name: "use", inputs: { t: T }, parameters: {}, outputs: { out: files("out") }, run })
const gather = stage({ name: "gather", inputs: { parts: many(T) }, parameters: {}, outputs: { out: files("out") }, run })
const either = stage({ name: "either", inputs: { t: oneOf(files("f"), T) }, parameters: {}, outputs: { out: files("out") }, run })

const others = [
  ["another type of a column", { a: "int32", b: "int32" }, 'a different table named t, whose column "b" is int32 instead of utf8'],
  ["cells that may be null", { a: "int32?", b: "utf8" }, 'a different table named t, whose column "a" is int32? instead of int32'],
  ["a column less", { a: "int32" }, 'a different table named t, without column "b"'],
  ["a column more", { a: "int32", b: "utf8", c: "utf8" }, 'a different table named t, with an extra column "c"'],
  [
    "a column more that every object has",
    { a: "int32", b: "utf8", toString: "utf8" },
    'a different table named t, with an extra column "toString"',
  ],
  ["another order of columns", { b: "utf8", a: "int32" }, 'a different table named t, whose column 1 is "b" instead of "a"'],
] as const

test.each(others)("a table of the same name with %s is another type, wherever one of the type is wanted", (_, columns, difference) => {
  const other = make(columns) as never
  expect(() => use({ t: other })).toThrow(`stage use: "t" expects t, got ${difference}`)
  expect(() => use({ t: file("t.parquet", table("t", columns)) as never })).toThrow(difference)
  expect(() => either({ t: other })).toThrow(`stage either: "t" expects f or t, got ${difference}`)
  expect(() => gather({ parts: { good: make({ a: "int32", b: "utf8" }), arm: other } })).toThrow(
    `stage gather: "parts": "arm" is ${difference}`,
  )
  expect(() => swap({ x: make({ a: "int32", b: "utf8" }) }, { replace: make({ a: "int32", b: "utf8" }), by: other })).toThrow(
    `swap: t cannot be replaced by ${difference}`,
  )
})

test("types that were declared apart and say the same are one type", () => {
  const same = make({ a: "int32", b: "utf8" })
  expect(pipeline("same", () => [use({ t: same }), gather({ parts: { same } }), either({ t: same })]).graph.stages).toHaveLength(4)
  const F = stage({ name: "f", inputs: {}, parameters: {}, outputs: { f: files("f") }, run })
  expect(pipeline("files", () => either({ t: F({}) })).graph.stages).toHaveLength(2)
})

test("a port of many may take several types, and gets members of all of them in order", () => {
  const F = stage({ name: "f", inputs: {}, parameters: {}, outputs: { f: files("f") }, run })
  const G = stage({ name: "g", inputs: {}, parameters: {}, outputs: { g: files("g") }, run })
  const mixed = stage({ name: "mixed", inputs: { parts: anyNumber(files("f"), T) }, parameters: {}, outputs: { out: files("out") }, run })
  const t = make({ a: "int32", b: "utf8" })
  const { stages } = pipeline("mixed", () => mixed({ parts: { t, f: F({}), more: { again: t }, g: G({}) as never } })).graph
  const { inputs } = stages.find(({ declaration }) => declaration.name === "mixed") as (typeof stages)[number]
  expect(inputs.flatMap(({ sources }) => sources.map(({ path }) => path.join(" ")))).toEqual(["t", "f", "more again"])
  // @ts-expect-error: "g" is of neither type
  mixed({ parts: G({}).g })
})

test("an optional port may take several types, and one artifact of either, or none", () => {
  const judged = stage({ name: "judged", inputs: { t: optional(files("f"), T) }, parameters: {}, outputs: { out: files("out") }, run })
  const F = stage({ name: "f", inputs: {}, parameters: {}, outputs: { f: files("f") }, run })
  const wired = { none: judged({}), f: judged({ t: F({}) }), t: judged({ t: make({ a: "int32", b: "utf8" }) }) }
  expect(pipeline("judged", () => wired).graph.stages).toHaveLength(5)
  const G = stage({ name: "g", inputs: {}, parameters: {}, outputs: { g: files("g") }, run })
  // @ts-expect-error: "g" is of neither type
  expect(() => judged({ t: G({}) })).toThrow('stage judged: "t" expects f or t, got g')
})

test("files of a name are not the table of that name", () => {
  const t = stage({ name: "f", inputs: {}, parameters: {}, outputs: { t: files("t") }, run })({})
  expect(() => use({ t: t as never })).toThrow('stage use: "t" expects t, got t as files instead of a table')
  expect(() => gather({ parts: { part: t } as never })).toThrow('"part" is t as files instead of a table')
})

test("the compiler refuses tables of the same name with other columns, more of them included", () => {
  // @ts-expect-error: "b" is another column
  expect(() => use({ t: make({ a: "int32", b: "int32" }) })).toThrow()
  // @ts-expect-error: "b" is missing
  expect(() => use({ t: make({ a: "int32" }) })).toThrow()
  // @ts-expect-error: "c" is too many
  expect(() => use({ t: make({ a: "int32", b: "utf8", c: "utf8" }) })).toThrow()
})

test("one file under two types is two artifacts", () => {
  const wide = table("wide", { a: "int32", c: "utf8" })
  const read = stage({ name: "read", inputs: { t: oneOf(T, wide) }, parameters: {}, outputs: { out: files("out") }, run })
  const both = { narrow: read({ t: file("t.parquet", T) }), wide: read({ t: file("t.parquet", wide) }) }
  expect(pipeline("two", () => both).graph.stages).toHaveLength(2)
  expect(() => swap(both.narrow, { replace: file("t.parquet", wide), by: file("u.parquet", wide) })).toThrow("does not depend on the wide")
})

test("a column of an unknown type, and a table without columns, are refused", () => {
  expect(() => table("t", { a: "string" as "utf8" })).toThrow(
    'table "t": column "a" has the unknown type "string": use one of bool, int32, float32, float64, utf8, list<int32>, list<float32>, followed by "?"',
  )
  expect(() => table("t", JSON.parse('{"__proto__":"utf8"}'))).toThrow('table "t": a column cannot be named "__proto__"')
  expect(() => table("t", {})).toThrow('table "t" has no columns')
})

test.each(["__proto__", "", "a/b", "../a", "a.b", "a=b", "a:b"])('"%s" names no input, parameter or output', (name) => {
  const named = <V>(value: V) =>
    JSON.parse(`{${JSON.stringify(name)}:0}`, (key, each) => (key === name && each === 0 ? value : each)) as Record<string, V>
  const declare = (what: object) => () => stage({ name: "s", inputs: {}, parameters: {}, outputs: { out: files("out") }, run, ...what })
  expect(declare({ inputs: named(T) })).toThrow(`an input cannot be named "${name}"`)
  expect(declare({ parameters: named(Schema.Int) })).toThrow(`a parameter cannot be named "${name}"`)
  expect(declare({ outputs: named(T) })).toThrow(`an output cannot be named "${name}"`)
})

test("a type that is undefined is refused by its name: two modules may import each other", () => {
  expect(() => stage({ name: "s", inputs: { t: undefined as never }, parameters: {}, outputs: { out: T }, run })).toThrow(
    'stage s: "t" is undefined: expected the type of an input; if it is imported, two modules may import each other',
  )
  expect(() => stage({ name: "s", inputs: {}, parameters: { n: undefined as never }, outputs: { out: T }, run })).toThrow(
    '"n" is undefined',
  )
  expect(() => stage({ name: "s", inputs: {}, parameters: {}, outputs: { out: undefined as never }, run })).toThrow('"out" is undefined')
})

test.each(["", new URL("file:///a"), undefined, "a\0b"])("file(%j) is refused", (path) => {
  expect(() => file(path as string)).toThrow(/^file\(…\) expects a path, got .*: pass a string/)
})

test("a parameter may be called as a method of every object is", () => {
  const odd = stage({
    name: "odd",
    inputs: {},
    parameters: { toString: Schema.Int, constructor: Schema.Int },
    outputs: { out: files("out") },
    run,
  })
  expect(pipeline("odd", () => odd({ toString: 1, constructor: 2 })).graph.stages[0]?.parameters).toEqual({ constructor: 2, toString: 1 })
})

test("a point of a sweep is what it says when it was written down", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, 1n, {}, new Date(0)])
    expect(() => sweep({ beta: [value as number] }, ({ beta }) => beta)).toThrow(/^sweep: axis "beta" has .*: use strings, finite numbers/)
  expect(sweep({ beta: [-0] }, ({ beta }) => Object.is(beta, 0)).points).toMatchObject([{ at: { beta: 0 }, value: true }])
})

test("what could hold artifacts and cannot be looked into is refused, not left out", () => {
  const t = make({ a: "int32", b: "utf8" })
  const cyclic: Record<string, unknown> = { t }
  cyclic.again = { cyclic }
  expect(() => pipeline("p", () => cyclic)).toThrow('"again.cyclic" contains itself')
  expect(() => gather({ parts: cyclic as never })).toThrow('stage gather: "parts": "again.cyclic" contains itself')
  expect(() => swap(cyclic, { replace: t, by: t })).toThrow('"again.cyclic" contains itself')
  expect(() => pipeline("p", async () => t)).toThrow('is a promise: remove "async"')
  expect(() => pipeline("p", () => ({ t, more: new Map([["t", t]]) }))).toThrow('"more" is a Map: use a plain object')
  expect(() => pipeline("p", () => ({ t, use }))).toThrow('"use" is a stage that was not called: write use(…)')
})
