import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { expect, onTestFinished, test, vi } from "vitest"
import { Executor } from "../../../runtime/execute/executor/executor.ts"
import { processPool } from "../../../runtime/execute/executor/pool.ts"
import { serveNothing } from "../../../runtime/execute/task/services.ts"
import type { Task } from "../../../runtime/execute/task/task.ts"
import {
  failing,
  inPool,
  inputOf,
  inputsAt,
  inTurn,
  isSpare,
  type Options,
  root,
  seeing,
  settings,
  taskOf,
  twoOf,
  withTable,
} from "./probe.ts"

/** The processes that this one has started and that run stages, or wait for them. */
const processes = (): number =>
  execFileSync("ps", ["-eo", "ppid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => Number(line.trim().split(" ")[0]) === process.pid && line.includes("-permission")).length

test("the third stage of a kind gets a process that was started before it, and each its own", async () => {
  const code = `return [${isSpare}, process.pid]`
  const seen = (await inTurn([1, 2, 3, 4, 5].map(() => taskOf(code)))) as ReadonlyArray<[boolean, number]>
  expect(seen.map(([spare]) => spare)).toEqual([false, false, true, true, true])
  expect(new Set(seen.map(([, pid]) => pid)).size).toBe(5)
})

test("a stage reads its inputs as it would in a process started for it, and writes the same", async () => {
  const code = `
    const bytes = await context.inputs.given.read("given.txt")
    const content = await context.inputs.given.open("given.txt")
    return [Buffer.from(bytes).toString(), content.size, process.cwd(), process.env, Math.random(), Date.now()]`
  const [alone] = await inTurn([taskOf(code, { text: "one" })])
  const [, , third] = await inTurn([...twoOf(), taskOf(code, { text: "one" })])
  expect(third).toEqual(alone)
  expect((alone as ReadonlyArray<unknown>).slice(0, 3)).toEqual(["one", 3, "/"])
})

test("a stage cannot read the inputs of another one, nor write to its own", async () => {
  const [first, second] = twoOf()
  const third = taskOf("")
  const mine = "process.execArgv.find((flag) => flag.startsWith('--allow-fs-read') && flag.endsWith('/inputs/*')).slice(16, -1) + '0'"
  const code = `
    const own = ${mine}
    return {
      own: attempt(() => fs.readFileSync(own, "utf8")),
      stored: [${[first, second, third].map((task) => `attempt(() => fs.readFileSync(${JSON.stringify(inputOf(task))}, "utf8"))`).join()}],
      folders: [attempt(() => fs.readdirSync(${JSON.stringify(root)})), attempt(() => fs.readdirSync(${JSON.stringify(third.folder)}))],
      written: [
        attempt(() => fs.writeFileSync(own, "x")), attempt(() => fs.appendFileSync(own, "x")), attempt(() => fs.chmodSync(own, 0o666)),
        attempt(() => fs.unlinkSync(own)), attempt(() => fs.renameSync(own, own + "1")), attempt(() => fs.linkSync(own, own + "1")),
        attempt(() => fs.truncateSync(own)), attempt(() => fs.writeFileSync(own + "1", "x")),
      ],
    }`
  const denied = "ERR_ACCESS_DENIED"
  const [, , seen] = await inTurn([first, second, { ...third, parameters: { code } }])
  expect(seen).toEqual({
    own: "given",
    stored: [denied, denied, denied],
    folders: [denied, denied],
    written: Array(8).fill(denied),
  })
  expect(fs.readFileSync(inputOf(third), "utf8")).toBe("given")
})

test("a stage sees nothing that the one before it left, in memory or in a file", async () => {
  const mark = `
    const place = process.execArgv.find((flag) => flag.startsWith("--allow-fs-write") && flag.endsWith("/outputs/*")).slice(17, -1)
    const seen = [globalThis.left ?? null, fs.readdirSync(place)]
    globalThis.left = "a trace"
    fs.writeFileSync(place + "left", "a trace")
    return [...seen, place]`
  const [, , third, fourth] = (await inTurn([...twoOf(), taskOf(mark), taskOf(mark)])) as ReadonlyArray<ReadonlyArray<unknown>>
  expect(third?.slice(0, 2)).toEqual([null, []])
  expect(fourth?.slice(0, 2)).toEqual([null, []])
  expect(fs.existsSync(String(third?.[2]))).toBe(false)
})

test("a process that no stage took ends with the pool, and its folders go", async () => {
  const left = await inPool(
    Effect.gen(function* () {
      for (const task of twoOf()) yield* seeing(task)
      return [processes(), fs.readdirSync(path.join(root, "tmp")).length]
    }),
  )
  expect(left).toEqual([1, 3])
  expect(processes()).toBe(0)
  expect(fs.readdirSync(path.join(root, "tmp")).filter((name) => name.includes("."))).toEqual([])
})

test("no more processes wait than stages run, and none where memory is short", async () => {
  const nap = "await new Promise((resolve) => setTimeout(resolve, 300))"
  const naps = () => [1, 2, 3].map(() => seeing(taskOf(nap)))
  const most = await inPool(
    Effect.gen(function* () {
      yield* Effect.all([...naps(), ...naps()], { concurrency: 3 })
      return processes()
    }),
  )
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(3)
  const memory = vi.spyOn(process, "availableMemory").mockReturnValue(100e6)
  onTestFinished(() => void memory.mockRestore())
  const [, , third] = await inTurn([...twoOf(), taskOf(`return ${isSpare}`)])
  expect(third).toBe(false)
})

test("a process that waits for twenty seconds ends, and the stages of its kind count as over", async () => {
  const seen = await Effect.gen(function* () {
    for (const task of twoOf()) yield* seeing(task)
    const before = processes()
    yield* TestClock.adjust("21 seconds")
    // To end a process takes a moment.
    while (processes() > 0) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
    const [third, fourth, fifth] = [1, 2, 3].map(() => seeing(taskOf(`return ${isSpare}`)))
    return [before, yield* third!, yield* fourth!, yield* fifth!]
  }).pipe(Effect.provide(Layer.provide(processPool, settings)), Effect.provide(TestClock.layer()), Effect.runPromise)
  expect(seen).toEqual([1, false, false, true])
})

test.each<[string, Options]>([
  ["environment", { rights: { declared: ["env:ASSAY_TEST_SPARE"] } }],
  ["GPUs", { gpus: [1] }],
  ["rights", { rights: { declared: ["processes"] } }],
  ["packages", { rights: { read: [os.tmpdir()] } }],
])("a stage with another's %s gets a process of its own", async (_, options) => {
  process.env.ASSAY_TEST_SPARE = "of the test"
  onTestFinished(() => void delete process.env.ASSAY_TEST_SPARE)
  const code = `return ${isSpare}`
  const [, , other, same] = await inTurn([...twoOf(), taskOf(code, options), taskOf(code)])
  expect([other, same]).toEqual([false, true])
})

test("large inputs are not copied: a process waits for stages that have the same", async () => {
  const text = "x".repeat(33e6)
  const code = `return [${isSpare}, (await context.inputs.given.read("given.txt")).length]`
  const shared = taskOf(code, { text })
  const again = () => ({ ...taskOf(code), inputs: shared.inputs })
  const seen = await inTurn([shared, again(), taskOf(code, { text }), again()])
  expect(seen).toEqual([
    [false, 33e6],
    [false, 33e6],
    [false, 33e6],
    [true, 33e6],
  ])
})

test.each<[string, (task: Task) => Task]>([
  ["by an input that is damaged", (task) => withTable(task, "for await (const rows of context.inputs.given.batches());")],
  [
    "by an input that is gone",
    (task) => ({ ...task, inputs: inputsAt(`${root}/gone`), parameters: { code: "await context.inputs.given.read()" } }),
  ],
  ["by a file that it may not read", (task) => task],
  ["by a name that its output cannot have", (task) => ({ ...task, parameters: { code: "await context.outputs.out.write('../x', '')" } })],
])("a failure says the same as in a process that was started for its task: %s", async (_, change) => {
  const task = change(taskOf("fs.readFileSync('/etc/passwd')"))
  const alone = await inPool(failing(task))
  const spare = await inPool(
    Effect.andThen(
      Effect.forEach(twoOf(), (each) => seeing(each)),
      failing(task),
    ),
  )
  expect([spare.message, spare.stack, { ...spare }]).toEqual([alone.message, alone.stack, { ...alone }])
})

test("what a stage says of its files, in errors and in lines, has the paths of its task", async () => {
  const code = `
    const inputs = process.execArgv.find((flag) => flag.startsWith("--allow-fs-read") && flag.endsWith("/inputs/*")).slice(16, -1)
    const error = Object.assign(new Error("bad file " + inputs + "0"), { details: { file: inputs + "0" } })
    console.log("reading " + inputs + "0")
    throw error`
  const task = taskOf(code)
  const lines: Array<string> = []
  const failure = await inPool(
    Effect.gen(function* () {
      for (const each of twoOf()) yield* seeing(each)
      return yield* Effect.orDie(Effect.flip(seeing(task, (report) => report.type === "output" && lines.push(report.text))))
    }),
  )
  const input = inputOf(task)
  expect(failure).toMatchObject({ message: `bad file ${input}`, details: { file: input }, output: `reading ${input}\n` })
  expect(failure.stack).toContain(`bad file ${input}`)
  expect(lines).toEqual([`reading ${input}`])
})

const saves = `
  const saved = await context.resume.load()
  const before = saved === undefined ? 0 : saved[0]
  await context.outputs.out.write("part" + before, "text " + before)
  await context.resume.save(new Uint8Array([before + 1]))`

test("what a stage saves is where its task wants it at once: an attempt after a kill resumes there", async () => {
  const checkpoint = path.join(root, "checkpoints", "key")
  const killed = taskOf(
    `${saves}\nif (before === 0) process.kill(process.pid, "SIGKILL")\nawait new Promise(() => setInterval(() => {}, 1000))`,
    { checkpoint },
  )
  const again = taskOf(`${saves}\nreturn [before, ${isSpare}]`, { checkpoint })
  const [failure, seen] = await inPool(
    Effect.gen(function* () {
      for (const task of twoOf()) yield* seeing(task)
      return [yield* failing(killed), yield* (yield* Executor).execute(again, () => {}, serveNothing)] as const
    }),
  )
  expect(failure.tag).toBe("Died")
  expect(fs.readdirSync(checkpoint).sort()).toEqual(["0", "1", "state"])
  const contents = Object.fromEntries(seen.out!.files.map(({ name, path: file }) => [name, fs.readFileSync(file, "utf8")]))
  expect(contents).toEqual({ part0: "text 0", part1: "text 1", "out.json": "[1,false]" })
})

test("a stage may save often, and one that is interrupted leaves its last save", async () => {
  const checkpoint = path.join(root, "checkpoints", "key")
  const code = `
    await context.resume.load()
    for (let n = 0; n < 5; n++) {
      await context.outputs.out.write("part" + n, "text " + n)
      await context.resume.save(new Uint8Array([n]))
    }
    console.log("saved")
    await new Promise((resolve) => setTimeout(resolve, 60_000))`
  const task = taskOf(code, { checkpoint })
  await inPool(
    Effect.gen(function* () {
      for (const each of twoOf()) yield* seeing(each)
      let heard = () => {}
      const saved = new Promise<void>((resolve) => (heard = resolve))
      const fiber = yield* Effect.forkChild(seeing(task, (report) => report.type === "output" && heard()))
      yield* Effect.promise(() => saved)
      yield* Fiber.interrupt(fiber)
    }),
  )
  expect(fs.readdirSync(task.folder)).toEqual([])
  const [resumed] = await inTurn([taskOf(`return [...(await context.resume.load())]`, { checkpoint })])
  expect(resumed).toEqual([4])
})

test("a stage that saves nothing leaves no checkpoint", async () => {
  const checkpoint = path.join(root, "checkpoints", "key")
  await inTurn([...twoOf(), taskOf("return 0", { checkpoint })])
  expect(fs.existsSync(checkpoint)).toBe(false)
})

test("where inputs cannot be copied, the stage gets a process of its own", async () => {
  const task = taskOf(`return ${isSpare}`)
  const copy = vi.spyOn(fs.promises, "copyFile").mockRejectedValue(new Error("no space left"))
  onTestFinished(() => void copy.mockRestore())
  const exit = await Effect.runPromiseExit(
    Effect.gen(function* () {
      for (const each of twoOf()) yield* seeing(each)
      return yield* seeing(task)
    }).pipe(Effect.provide(Layer.provide(processPool, settings))),
  )
  expect(Exit.isSuccess(exit) ? exit.value : Cause.pretty(exit.cause)).toBe(false)
})
