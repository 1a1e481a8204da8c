import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, afterEach, expect, test, vi } from "vitest"
import { type ProgramOptions, program } from "../../../dsl/connection.ts"
import { answersOf, ask, asking, connections, failureOf } from "./ask.ts"

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-program-")))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const log = path.join(folder, "log")
const lines = (): ReadonlyArray<string> => fs.readFileSync(log, "utf8").trim().split("\n")
const inputs = (count: number) => Array.from({ length: count }, (_, input) => ({ input }))

/** A program in JavaScript, whose `answer` makes the line for a list of requests. */
const javaScript = (answer: string, options: Partial<ProgramOptions> = {}) => {
  fs.rmSync(log, { force: true })
  const code = `
    const fs = require("node:fs")
    const say = (text) => fs.appendFileSync(${JSON.stringify(log)}, text + "\\n")
    say("started " + process.pid)
    const starts = fs.readFileSync(${JSON.stringify(log)}, "utf8").match(/started/g).length
    const print = (line) => process.stdout.write(line + "\\n")
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const requests = JSON.parse(line)
      ${answer}
    })
  `
  return program({ run: [process.execPath, "-e", code], ...options })
}
const doubled = "print(JSON.stringify(requests.map((value) => 2 * value)))"

test("a program answers each request, on lines of at most batchSize, in their order", async () => {
  const asked = await ask(javaScript(`say("line " + requests.length); ${doubled}`, { batchSize: 4 }), inputs(10), {}, folder)
  expect(answersOf(asked)).toEqual(inputs(10).map(({ input }) => 2 * input))
  expect([...asked.told]).toEqual(inputs(10).map(({ input }) => [input, 2 * input]))
  expect(lines().slice(1)).toEqual(["line 4", "line 4", "line 2"])
})

test("texts with ends of lines stay one line, and those of any script arrive", async () => {
  const texts = ["one\ntwo\r\nthree\u2028", '"quoted" \\n', "日本語 🎉"]
  const connection = javaScript("print(JSON.stringify(requests))", { batchSize: 2 })
  const requests = texts.map((input) => ({ input }))
  expect(answersOf(await ask(connection, requests, {}, folder))).toEqual(texts)
})

test("a program lives on between stages, and ends with the command", async () => {
  const connection = javaScript("print(JSON.stringify(requests.map(() => process.pid)))")
  const twice = Effect.all([asking(connection, inputs(1)), asking(connection, inputs(2))])
  const [first, second] = await Effect.runPromise(Effect.provide(twice, connections(folder)))
  const [pid] = answersOf(first)
  expect(answersOf(second)).toEqual([pid, pid])
  expect(isAlive(Number(pid))).toBe(false)
})

test("`processes` of a program work at once", async () => {
  const connection = javaScript("setTimeout(() => print(JSON.stringify(requests.map(() => process.pid))), 40)", {
    batchSize: 1,
    processes: 3,
  })
  const answers = answersOf(await ask(connection, inputs(12), {}, folder))
  expect(new Set(answers).size).toBe(3)
})

test("a program that ends its life when its input ends is not killed", async () => {
  const connection = javaScript(`process.stdin.on("end", () => say("ended")); ${doubled}`)
  answersOf(await ask(connection, inputs(1), {}, folder))
  expect(lines().at(-1)).toBe("ended")
})

test("all processes of a program end with it, also those that it has started and that ignore signals", async () => {
  const connection = program({
    run: ["/bin/sh", "-c", "trap '' TERM HUP INT; sleep 300 & while read -r line; do echo \"[$$, $!]\"; done; sleep 300"],
    batchSize: 2,
  })
  const [shell, sleep] = answersOf(await ask(connection, inputs(2), {}, folder))
  expect([isAlive(Number(shell)), isAlive(Number(sleep))]).toEqual([false, false])
})

test("a program that dies is started again, and its line repeated", async () => {
  const connection = javaScript(`if (starts < 3) process.exit(3); ${doubled}`, { batchSize: 2 })
  expect(answersOf(await ask(connection, inputs(5), {}, folder))).toEqual([0, 2, 4, 6, 8])
  expect(lines()).toHaveLength(3)
})

test("one that dies every time fails with its exit code, the end of stderr, and how often it was asked", async () => {
  const connection = javaScript('console.error("out of memory"); process.exitCode = 3; process.stdin.destroy()', { retries: 1 })
  const { message, details } = failureOf(await ask(connection, inputs(2), {}, folder))
  expect(message).toContain("has not answered a line of 2 requests: it exited with code 3; it was asked 2 times")
  expect(message).toContain("It ended with: out of memory")
  expect(details).toMatchObject({ attempts: 2, stderr: "out of memory" })
})

test("one that is ended by a signal says so", async () => {
  const connection = javaScript("process.kill(process.pid, 'SIGSEGV')", { retries: 0 })
  expect(failureOf(await ask(connection, inputs(1), {}, folder)).message).toContain("it was ended by SIGSEGV")
})

test("a program that does not answer in time is killed with its group, and started again", async () => {
  const connection = javaScript(`if (starts > 1) ${doubled}`, { timeoutSeconds: 0.5 })
  expect(answersOf(await ask(connection, inputs(2), {}, folder))).toEqual([0, 2])
  const [first = ""] = lines()
  expect(isAlive(Number(first.split(" ")[1]))).toBe(false)
})

test.each([
  ["print('loading')", 'it printed a line that is not JSON: "loading"'],
  ["process.stdout.write('[1]\\n[2]\\n')", String.raw`it printed more than one line for one: "[1]\n[2]\n"`],
  ["print('[1, 2]')", "it printed a list of 2 answers to 1 requests"],
  ["print('{\"score\": 1}')", "it printed a line that is not a list"],
  ["print('[NaN]')", 'it printed a line that is not JSON: "[NaN]"'],
  ["process.stdout.write('[1'); process.exit(0)", "it exited with code 0"],
])("%s fails after retries, and says why", async (answer, problem) => {
  const { message, details } = failureOf(await ask(javaScript(answer, { retries: 1 }), inputs(1), {}, folder))
  expect(message).toContain(problem)
  expect(message).toContain("is to print as many answers as a list on one line, and nothing else on stdout")
  expect(details.attempts).toBe(2)
})

test("a line that was not asked for is not taken for the next answer", async () => {
  const connection = javaScript("print(JSON.stringify(requests)); if (starts === 1) setTimeout(() => print('[99]'), 20)")
  const slowly = Effect.gen(function* () {
    const first = yield* asking(connection, inputs(1))
    yield* Effect.sleep(100)
    return [first, yield* asking(connection, [{ input: 7 }])]
  })
  const asked = await Effect.runPromise(Effect.provide(slowly, connections(folder)))
  expect(asked.map(answersOf)).toEqual([[0], [7]])
  expect(lines()).toHaveLength(2)
})

test("a program that is not there is not tried again", async () => {
  const { message, details } = failureOf(await ask(program({ run: ["assay-no-such-program"] }), inputs(1), {}, folder))
  expect(message).toContain("assay-no-such-program was not found")
  expect(details.attempts).toBe(1)
})

test("a program starts in the project root, with the variables that it declares and no others of ours", async () => {
  vi.stubEnv("TEST_GIVEN", "given")
  vi.stubEnv("TEST_OTHER", "other")
  const connection = javaScript("print(JSON.stringify([[process.cwd(), process.env.TEST_GIVEN, process.env.TEST_OTHER ?? null]]))", {
    variables: ["TEST_GIVEN", "TEST_MISSING"],
  })
  expect(answersOf(await ask(connection, inputs(1), {}, folder))).toEqual([[folder, "given", null]])
})

test("a secret that a program prints is in no error", async () => {
  vi.stubEnv("TEST_TOKEN", "tk-0123456789")
  const connection = javaScript("console.error(process.env.TEST_TOKEN); print(process.env.TEST_TOKEN)", {
    variables: ["TEST_TOKEN"],
    retries: 0,
  })
  const failure = failureOf(await ask(connection, inputs(1), {}, folder))
  expect(failure.message).toContain("[redacted]")
  expect(JSON.stringify([failure, failure.message])).not.toContain("0123")
})

test("where one line fails for good, those on their way are told", async () => {
  const connection = javaScript(`if (requests[0] === 0) process.exit(1); setTimeout(() => { ${doubled} }, 300)`, {
    batchSize: 2,
    processes: 2,
    retries: 0,
  })
  const asked = await ask(connection, inputs(20), {}, folder)
  expect(failureOf(asked).message).toContain("it exited with code 1")
  expect([...asked.told]).toEqual([
    [2, 4],
    [3, 6],
  ])
})

test("interrupting kills the program that has not answered", async () => {
  const connection = javaScript("say('asked')")
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(asking(connection, inputs(1)))
    yield* Effect.sleep(20).pipe(Effect.repeat({ until: () => fs.existsSync(log) && lines().includes("asked") }))
    const [first = ""] = lines()
    yield* Fiber.interrupt(fiber)
    return isAlive(Number(first.split(" ")[1]))
  })
  expect(await Effect.runPromise(Effect.provide(program, connections(folder)))).toBe(false)
})

test("a program ends with the command where that is killed", async () => {
  const script = path.join(import.meta.dirname, "ask-and-wait.ts")
  const command = ["--conditions=assay-source", "--import", "tsx", script, folder]
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] })
  const [text] = (await once(child.stdout, "data")) as [Buffer]
  const processes: ReadonlyArray<number> = JSON.parse(text.toString())
  expect(processes.map(isAlive)).toEqual([true, true])
  child.kill("SIGKILL")
  await vi.waitFor(() => expect(processes.map(isAlive)).toEqual([false, false]), { timeout: 5000, interval: 20 })
})

test("a program is not asked what is meant for a server", async () => {
  const { message } = failureOf(await ask(program({ run: ["cat"] }), [{ path: "/score", body: {} }], {}, folder))
  expect(message).toContain("is asked by { input }, got { path, body }")
})

test("a program in a folder of its own is one while it is wanted again within a minute, and then it and its folder are gone", async () => {
  const connection = javaScript("print(JSON.stringify(requests.map(() => [process.pid, process.cwd()])))")
  const acquire = Effect.sync(() => fs.realpathSync(fs.mkdtempSync(path.join(folder, "own-"))))
  const make = Effect.map(
    Effect.acquireRelease(acquire, (own) => Effect.sync(() => fs.rmdirSync(own))),
    (own) => ({ folder: own, executable: process.execPath }),
  )
  const where = (name: string) => Effect.map(asking(connection, inputs(1), {}, { name, make }), (asked) => answersOf(asked)[0] as Where)
  const told = Effect.gen(function* () {
    const first = yield* where("one")
    yield* TestClock.adjust("59 seconds")
    const soon = yield* where("one")
    const other = yield* where("other")
    yield* TestClock.adjust("61 seconds")
    // What the clock has set off ends in real time.
    const isGone = Effect.sync(() => !isAlive(first[0]) && !fs.existsSync(first[1]))
    yield* TestClock.withLive(Effect.repeat(Effect.delay(isGone, 10), { until: (gone) => gone }))
    const late = yield* where("one")
    return { first, soon, other, late }
  })
  const { first, soon, other, late } = await Effect.runPromise(
    told.pipe(Effect.provide(connections(folder)), Effect.provide(TestClock.layer())),
  )
  expect(soon).toEqual(first)
  expect(other[1]).not.toBe(first[1])
  expect(late[0]).not.toBe(first[0])
  expect(fs.readdirSync(folder).filter((name) => name.startsWith("own-"))).toEqual([])
})

type Where = readonly [pid: number, folder: string]

/** Whether a process runs; a zombie does not. */
const isAlive = (pid: number): boolean => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2))
  } catch {
    return false
  }
}
