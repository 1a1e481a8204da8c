import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest"
import { loadPipeline, type RunSummary, run } from "../../../runtime/index.ts"
import { type Project, project } from "../project.ts"

/** A project with one stage, whose process is as a user's. */
const stageOf = (
  code: string,
  options: {
    readonly declared?: string
    readonly files?: Readonly<Record<string, string>>
    readonly environment?: Readonly<Record<string, string>>
  } = {},
): Project =>
  project(
    {
      "stages.ts": `
import { file, files, optional, stage, File } from "assay"
import { Schema } from "effect"
export const one = stage({ name: "one", inputs: { given: optional(File) }, parameters: { n: Schema.Int }, outputs: { out: files("out") }, ${options.declared ?? ""} run: () => import("./one.ts") })
`,
      "one.ts": code,
      "pipeline.ts": `
import { pipeline } from "assay"
import { one } from "./stages.ts"
export default pipeline("one", () => ({ first: one({ n: 1 }), second: one({ n: 2 }), third: one({ n: 3 }) }))
`,
      ...options.files,
    },
    { pool: true, environment: { ASSAY_THREADS: "1", ...options.environment } },
  )

const errorsOf = ({ failures }: RunSummary) => failures.map(({ tag, message }) => `${tag}: ${message}`)

/** What each stage wrote, in the order of the pipeline. */
const textsOf = async ({ store }: Project, { stages }: RunSummary): Promise<ReadonlyArray<string>> =>
  stages.map(({ key }) => {
    const { manifest } = JSON.parse(fs.readFileSync(`${store}/results/${key?.slice(0, 2)}/${key}.json`, "utf8"))
    const [{ object }] = manifest.outputs.out.files
    return fs.readFileSync(`${store}/objects/${object.slice(0, 2)}/${object.slice(2)}`, "utf8")
  })

const writes = (expression: string, before = "") =>
  `${before}\nexport const run = async ({ outputs }) => outputs.out.write("out.txt", String(${expression}))\n`

test("a stage sees no state that another one left in a module or in the global object", async () => {
  const user = stageOf(
    `import { next } from "./counter.ts"
     export const run = async ({ outputs, parameters }) => {
       const seen = [next(), (Array as { leak?: number }).leak ?? "none", JSON.stringify(Reflect.ownKeys(Object.prototype).includes("leak"))]
       ;(Array as { leak?: number }).leak = parameters.n
       Object.prototype["leak"] = 1
       await outputs.out.write("out.txt", seen.join(" "))
     }`,
    { files: { "counter.ts": "let state = 42\nexport const next = () => (state = (state * 48271) % 2147483647)\n" } },
  )
  const texts = await textsOf(user, await user.run())
  expect(texts).toEqual(["2027382 none false", "2027382 none false", "2027382 none false"])
})

test("a store and a cache behind symbolic links are within a stage's reach", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-linked-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  fs.mkdirSync(path.join(folder, "real"))
  fs.symlinkSync("real", path.join(folder, "link"))
  const environment = { ASSAY_STORE: path.join(folder, "link/store"), ASSAY_CACHE: path.join(folder, "link/cache") }
  const user = stageOf(`import "effect"\n${writes("1 + 1")}`, { environment })
  expect(await textsOf(user, await user.run())).toEqual(["2", "2", "2"])
  expect(fs.readdirSync(path.join(folder, "real")).sort()).toEqual(["cache", "store"])
})

test.each([
  ["the environment", "Object.keys(globalThis['process'].env).filter((name) => name === 'ASSAY_SECRET').length", "0"],
  ["the time zone", "Intl.DateTimeFormat().resolvedOptions().timeZone", "UTC"],
  ["the locale", "(1234.5).toLocaleString() + ' ' + Intl.NumberFormat().resolvedOptions().locale", "1,234.5 en-US"],
])("%s is the same for every user who runs the pipeline", async (_, expression, expected) => {
  const before = { ...process.env }
  Object.assign(process.env, { TZ: "Asia/Kolkata", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", ASSAY_SECRET: "1" })
  try {
    const user = stageOf(writes(expression))
    expect((await textsOf(user, await user.run()))[0]).toBe(expected)
  } finally {
    for (const name of ["TZ", "LANG", "LC_ALL", "ASSAY_SECRET"]) delete process.env[name]
    Object.assign(process.env, before)
  }
})

const reader = {
  "node_modules/reader/package.json": JSON.stringify({ name: "reader", version: "1.0.0", main: "index.js" }),
  "node_modules/reader/index.js": `
const fs = require("node:fs")
exports.own = () => fs.readFileSync(__dirname + "/own.txt", "utf8")
exports.read = (file) => fs.readFileSync(file, "utf8")
exports.write = (file) => fs.writeFileSync(file, "x")
exports.start = () => require("node:child_process").execFileSync("/bin/true")
exports.thread = () => new (require("node:worker_threads").Worker)("1", { eval: true })
exports.chance = () => [Math.random(), require("node:crypto").randomUUID(), require("node:crypto").randomBytes(4).toString("hex")].join(" ")
exports.time = () => [Date.now(), new Date().toISOString(), performance.now(), process.hrtime().join(), new Intl.DateTimeFormat().format()].join(" ")
exports.memory = () => Array.from({ length: 50 }, () => Buffer.allocUnsafe(4096).some((byte) => byte !== 0)).includes(true)
exports.machine = () => { const os = require("node:os"); return [os.hostname(), os.cpus().length, os.totalmem()].join(" ") }
exports.ask = (url) => new Promise((resolve, reject) => require("node:http").get(url, resolve).on("error", reject))
`,
  "node_modules/reader/own.txt": "its own",
}

const asks = (expression: string) => writes(`await ${expression}`, 'import * as reader from "reader"')

test("a package reads its own files, and no other ones", async () => {
  const user = stageOf(asks("reader.own()"), { files: reader })
  expect(await textsOf(user, await user.run())).toEqual(["its own", "its own", "its own"])
  const other = stageOf(asks(`reader.read(${JSON.stringify(`${user.root}/package.json`)})`), { files: reader })
  expect(errorsOf(await other.run())[0]).toContain(
    `AccessDenied: it may read only its code, packages and inputs, and write only its outputs; not ${user.root}/package.json`,
  )
  const secret = stageOf(asks(`reader.write(${JSON.stringify(`${user.root}/made`)})`), { files: reader })
  expect(errorsOf(await secret.run())[0]).toMatch(/^AccessDenied/)
  expect(fs.existsSync(`${user.root}/made`)).toBe(false)
})

test("what a package would reach, and whether it holds native code, is said of the stage", async () => {
  const user = stageOf(asks("reader.own()"), { files: { ...reader, "node_modules/reader/build/fast.node": "native" } })
  expect((await user.plan()).stages[0]?.confinements).toEqual([
    "its package reader imports node:child_process, node:fs, node:http, node:worker_threads: it may read the stage's packages and inputs, and reach nothing else",
    "its package reader holds native code, which Node's permissions do not confine",
  ])
})

test.each([
  ["processes", "reader.start()"],
  ["threads", "reader.thread()"],
])("a package starts no %s unless the stage declares it", async (_, call) => {
  const denied = stageOf(asks(call), { files: reader })
  expect(errorsOf(await denied.run())[0]).toMatch(/^AccessDenied: it may not start processes or threads .*Declare reads: \["processes"\]$/)
  const allowed = stageOf(asks(`(${call}, "started")`), { files: reader, declared: 'reads: ["processes"], readsAs: "true",' })
  if (call.includes("start")) expect(errorsOf(await allowed.run())).toEqual([])
})

test("what packages see of time, chance and the machine comes from the key alone", async () => {
  const call = '[reader.chance(), reader.time(), reader.machine(), reader.memory()].join(" | ")'
  const once = stageOf(asks(call), { files: reader })
  const again = stageOf(asks(call), { files: reader })
  const texts = await textsOf(once, await once.run())
  expect(await textsOf(again, await again.run())).toEqual(texts)
  expect(new Set(texts).size).toBe(3)
  expect(texts[0]).toContain("2000-01-01T00:00:00")
  expect(texts[0]).toContain(" 1/1/2000 | stage 1 0 | false")
})

let server: http.Server
let address = ""
beforeAll(async () => {
  server = http.createServer((_, response) => response.end("an answer"))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => server.close())

test.each([
  ["fetch", (url: string) => writes(`await (await fetch(${JSON.stringify(url)})).text()`), "fetch"],
  [
    "node:net",
    (url: string) =>
      writes(
        `await new Promise((resolve, reject) => net.connect(${Number(new URL(url).port)}, "127.0.0.1", resolve).on("error", reject))`,
        'import * as net from "node:net"',
      ),
    "net.connect",
  ],
  ["node:dns", () => writes('await dns.promises.lookup("localhost")', 'import * as dns from "node:dns"'), "dns.lookup"],
  ["node:http, of a package", (url: string) => asks(`reader.ask(${JSON.stringify(url)})`), "http.get"],
])("the network fails by name, as %s, unless the stage declares it", async (kind, code, name) => {
  const denied = stageOf(code(address), { files: reader })
  expect(errorsOf(await denied.run())[0]).toContain(`NetworkDenied: ${name}: the stage may not use the network. Declare reads: ["network"]`)
  if (kind !== "fetch") return
  const allowed = stageOf(code(address), { declared: 'reads: ["network"], readsAs: "an answer",' })
  const summary = await allowed.run()
  expect(errorsOf(summary)).toEqual([])
  expect(await textsOf(allowed, summary)).toEqual(["an answer", "an answer", "an answer"])
  expect((await allowed.run()).stages.map(({ outcome }) => outcome)).toEqual(["cached", "cached", "cached"])
})

test("a stage that declares what it reads sees it, and is cached only under a name for it, which its key holds", async () => {
  process.env.ASSAY_TEST_READ = "a secret"
  try {
    const code = writes("process.env.ASSAY_TEST_READ")
    const undeclared = stageOf(code)
    expect(await textsOf(undeclared, await undeclared.run())).toEqual(["undefined", "undefined", "undefined"])
    expect((await undeclared.plan()).stages[0]?.uncacheable).toEqual(["it reads process.env"])
    const declared = stageOf(code, { declared: 'reads: ["env:ASSAY_TEST_READ"],' })
    expect(await textsOf(declared, await declared.run())).toEqual(["a secret", "a secret", "a secret"])
    expect((await declared.plan()).stages[0]?.uncacheable).toEqual([
      "it reads env:ASSAY_TEST_READ, and no `readsAs` says what stands for that in its key",
    ])
    const named = stageOf(code, { declared: 'reads: ["env:ASSAY_TEST_READ"], readsAs: "key of May",' })
    await named.run()
    const [first] = (await named.plan()).stages
    expect(first?.verdict).toBe("cached")
    expect(JSON.stringify(first?.manifest)).not.toContain("a secret")
    named.edit("stages.ts", "key of May", "key of June")
    expect((await named.plan()).stages[0]?.because.map(({ component }) => component)).toEqual(["reads.as"])
  } finally {
    delete process.env.ASSAY_TEST_READ
  }
})

test.each([
  ["a forEach of async functions", "[1, 2].forEach(async (n) => { await 0; await outputs.out.write(n + '.txt', 'x') })"],
  ["a write without await", "void outputs.out.write('a.txt', 'x')"],
  ["a timer", "setTimeout(() => void outputs.out.write('b.txt', 'x'), 50)"],
  ["a later turn", "setImmediate(() => setImmediate(() => void outputs.out.write('b.txt', 'x')))"],
])("what a stage writes after run has returned, by %s, fails it and publishes nothing", async (_, code) => {
  const user = stageOf(`export const run = async ({ outputs }) => { await outputs.out.write("first.txt", "x")\n;${code} }`)
  const summary = await user.run()
  expect(errorsOf(summary)[0]).toBe(
    'NotAwaited: output "out" was still being written to when run returned: await every append and write, also inside of forEach and map',
  )
  expect(fs.existsSync(`${user.store}/results`)).toBe(false)
})

test("a rejection that nothing awaits fails the stage by what was thrown", async () => {
  const user = stageOf(
    `export const run = async ({ outputs }) => { await outputs.out.write("a.txt", "x"); [1].forEach(async () => { await 0; throw new RangeError("lost") }) }`,
  )
  expect(errorsOf(await user.run())[0]).toBe("RangeError: lost")
})

test("a stage that awaits what never comes fails instead of waiting", async () => {
  const user = stageOf("export const run = () => new Promise(() => {})")
  expect(errorsOf(await user.run())[0]).toContain("run awaits something that never comes")
})

test("a stage that speaks to its parent process cannot call itself done", async () => {
  const user = stageOf(
    `export const run = async ({ outputs }) => {
       const out = { artifact: "out", kind: "files", digest: "0".repeat(64), bytes: 0, files: [] }
       const say = process.send ?? process._send
       say?.call(process, { type: "done", outputs: { out } })
       say?.call(process, { secret: "", message: { type: "done", outputs: { out } } })
       await outputs.out.write("a.txt", "by itself")
     }`,
  )
  expect(await textsOf(user, await user.run())).toEqual(["by itself", "by itself", "by itself"])
})

test("nothing of Node's own, and nothing of a terminal, is in what a stage prints", async () => {
  const user = stageOf("export const run = async ({ outputs }) => { console.log('a line'); await outputs.out.write('a.txt', 'x') }")
  const events: Array<string> = []
  await user.provided(
    Effect.gen(function* () {
      const { recorded } = yield* Effect.promise(() => import("../project.ts"))
      const [, seen] = yield* recorded(run(yield* loadPipeline(`${user.root}/pipeline.ts`)))
      for (const event of seen) if (event.type === "stage.output") events.push(event.text)
    }),
  )
  expect(events).toEqual(["a line", "a line", "a line"])
})

test("the shell that ends orphans is gone with the pool", async () => {
  const user = stageOf(writes("1"))
  await user.run()
  const shells = () =>
    execFileSync("ps", ["-eo", "ppid,args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("trap '' INT") && Number(line.trim().split(" ")[0]) === process.pid)
  await expect.poll(shells, { timeout: 10_000 }).toEqual([])
})
