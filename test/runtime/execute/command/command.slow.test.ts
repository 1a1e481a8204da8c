import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { run } from "../../../../runtime/execute/run.ts"
import { loadPipeline, type RunEvent, replay, verify } from "../../../../runtime/index.ts"
import { digestsOf, type Project, recorded } from "../../project.ts"
import { commandProject, programOf } from "./support.ts"

const watched = async (user: Project): Promise<ReadonlyArray<RunEvent>> =>
  (await user.provided(Effect.flatMap(loadPipeline(`${user.root}/pipeline.ts`), (loaded) => recorded(run(loaded)))))[1]

const outputsOf = (events: ReadonlyArray<RunEvent>): ReadonlyArray<string> =>
  events.flatMap((event) => (event.type === "stage.output" ? [event.text] : []))

const failureOf = (events: ReadonlyArray<RunEvent>) => events.find((event) => event.type === "stage.failed")

test("a program computes a stage once, and the same key has the same result", async () => {
  const user = commandProject("write([parameters.n, 2]); console.log('computed')")
  const first = await watched(user)
  expect(outputsOf(first)).toEqual(["computed"])
  const second = await user.run()
  expect(second.stages.map(({ outcome }) => outcome)).toEqual(["cached"])
  const other = commandProject("write([parameters.n, 2]); console.log('computed')")
  expect(await digestsOf(other, await other.run())).toEqual(await digestsOf(user, second))
})

test("an edit of the program's file runs it again, and the plan names the file", async () => {
  const user = commandProject("write([parameters.n])")
  await user.run()
  user.write("program.mjs", programOf("write([parameters.n]) // the same rows"))
  const [planned] = (await user.plan()).stages
  expect(planned).toMatchObject({ verdict: "run", because: [{ component: "program.files.program.mjs", root: "made" }] })
  user.write("other.mjs", "")
  user.write("program.mjs", programOf("write([parameters.n])"))
  expect((await user.plan()).stages[0]?.verdict).toBe("cached")
})

test.each([
  ["an argument", 'run: ["node", "program.mjs", "--fast"],', "program.run"],
  ["a text of the environment", 'environment: { image: "sha256:1" },', "program.environment.image"],
  ["a file more", 'files: ["program.mjs", "more.txt"],', "program.files.more.txt"],
])("%s is part of the key", async (_, further, component) => {
  const user = commandProject("write([1])", { files: { "more.txt": "more" } })
  await user.run()
  user.write("pipeline.ts", commandPipeline(further))
  expect((await user.plan()).stages[0]?.because.map((cause) => cause.component)).toEqual([component])
})

test("variables, threads, retries and a time limit do not enter the key", async () => {
  const user = commandProject("write([1])")
  await user.run()
  user.write("pipeline.ts", commandPipeline('variables: ["HOME"], threads: 2, retries: 3, timeLimitMinutes: 5, memory: 1000,'))
  expect((await user.plan()).stages[0]?.verdict).toBe("cached")
})

const commandPipeline = (further: string): string => fs.readFileSync(`${commandProject("", { further }).root}/pipeline.ts`, "utf8")

test("a file that is not declared is not found", async () => {
  const user = commandProject("await import('./helper.mjs')", { files: { "helper.mjs": "" } })
  expect(failureOf(await watched(user))).toMatchObject({ tag: "CommandFailed", message: expect.stringContaining("helper.mjs") })
  user.write("pipeline.ts", commandPipeline('files: ["program.mjs", "helper.mjs"],'))
  user.write("program.mjs", programOf("await import('./helper.mjs'); write([1])"))
  expect((await user.run()).outcome).toBe("done")
})

test("inputs are found under the names that export gives them, and are the program's own", async () => {
  const body = `
    const own = fs.readFileSync(path.join(inputs, "numbers.parquet"))
    console.log(fs.readdirSync(inputs).join(), own.subarray(0, 4).toString(), process.cwd() === path.dirname(inputs), fs.readdirSync(".").join())
    fs.writeFileSync(path.join(inputs, "numbers.parquet"), "overwritten")
    fs.writeFileSync("program.mjs", "overwritten")
    write([1])`
  const user = commandProject(body, { call: "numbers: count({ to: 3 }), n: 1" })
  const events = await watched(user)
  expect(outputsOf(events)).toEqual(["numbers.parquet PAR1 true inputs,outputs,parameters.json,program.mjs"])
  // The store is as it was: what is verified there is the same, bit for bit.
  const verdicts = await user.provided(
    Effect.flatMap(loadPipeline(`${user.root}/pipeline.ts`), (loaded) =>
      verify(loaded, { sample: null, seed: 1, each: () => Effect.void }),
    ),
  )
  expect(verdicts.map(({ verdict, details }) => [verdict, ...details])).toEqual([["same"], ["same"]])
  expect(fs.readFileSync(`${user.root}/program.mjs`, "utf8")).toContain("overwritten")
  expect((await user.run()).stages.map(({ outcome }) => outcome)).toEqual(["cached", "cached"])
})

test("of a collection, a list tells the path and the point of each member", async () => {
  const body = `
    const members = JSON.parse(fs.readFileSync(path.join(inputs, "all.json"), "utf8"))
    for (const { path: place, at, file } of members) console.log(place.join("."), JSON.stringify(at), file, fs.existsSync(file))
    write([members.length])`
  const user = commandProject(body)
  const text = fs
    .readFileSync(`${user.root}/pipeline.ts`, "utf8")
    .replace("numbers: optional(Numbers)", "all: many(Numbers, Model)")
    .replace(
      "made: make({ n: 1 })",
      "made: make({ all: { one: count({ to: 1 }), swept: sweep({ to: [2, 3] }, ({ to }) => ({ count: count({ to }) })) }, n: 1 })",
    )
  user.write("pipeline.ts", text)
  expect(outputsOf(await watched(user))).toEqual([
    "one {} inputs/all/one.parquet true",
    'swept.count {"to":2} inputs/all/to=2.swept.count.parquet true',
    'swept.count {"to":3} inputs/all/to=3.swept.count.parquet true',
  ])
})

test("lines of JSON with a step are progress, others are what the stage prints", async () => {
  const body = `
    for (let step = 1; step <= 3; step++) console.log(JSON.stringify({ step, total: 3, loss: 1 / step }))
    console.error("a warning")
    write([1])`
  const events = await watched(commandProject(body))
  expect(events.flatMap((event) => (event.type === "stage.metrics" ? [[event.step, event.values.loss]] : []))).toEqual([
    [1, 1],
    [2, 1 / 2],
    [3, 1 / 3],
  ])
  expect(events.findLast((event) => event.type === "stage.progress")).toMatchObject({ step: 3, total: 3 })
  expect(outputsOf(events)).toEqual(["a warning"])
})

describe("a program that fails is a failed stage", () => {
  test("with its exit code, its last lines and what to enter it again by", async () => {
    const user = commandProject("for (let line = 1; line < 30; line++) console.error('line', line); process.exit(3)")
    const failed = failureOf(await watched(user))
    expect(failed).toMatchObject({ tag: "CommandFailed", details: { command: "node program.mjs", exitCode: 3 } })
    const { message, record } = failed as Extract<RunEvent, { type: "stage.failed" }>
    expect(message).toMatch(/^node program\.mjs exited with code 3\. The last that it printed:\nline 20\n(line \d+\n){8}line 29$/)
    const { task, output } = JSON.parse(fs.readFileSync(record, "utf8"))
    expect(task.command.run).toEqual(["node", "program.mjs"])
    expect(output.split("\n")).toEqual(Array.from({ length: 29 }, (_, index) => `line ${index + 1}`))
    user.write("program.mjs", programOf("write([1])"))
    const loaded = await user.provided(loadPipeline(`${user.root}/pipeline.ts`))
    const again = (edited: typeof loaded | null) => user.provided(replay("made", { edited, report: () => {} }))
    await expect(again(null)).rejects.toMatchObject({
      _tag: "NothingToReplay",
      message: expect.stringMatching(/its program's program\.mjs has been edited since, or is gone \(--edited takes the present program\)/),
    })
    expect((await again(loaded)).result).toMatchObject({ made: { rows: 1 } })
  })

  test("by a signal", async () => {
    const failed = failureOf(await watched(commandProject("process.kill(process.pid, 'SIGKILL')")))
    expect(failed).toMatchObject({
      tag: "CommandFailed",
      message: "node program.mjs was ended by SIGKILL; perhaps there was not enough memory; it printed nothing",
      details: { signal: "SIGKILL" },
    })
  })

  test("where it is not installed", async () => {
    const failed = failureOf(await watched(commandProject("", { further: 'run: ["no-such-interpreter", "program.mjs"],' })))
    expect(failed).toMatchObject({
      tag: "CommandNotStarted",
      message: "no-such-interpreter was not found: install it, or name it by its path",
    })
  })

  test("where what it writes is not what the stage declares", async () => {
    const failed = failureOf(await watched(commandProject("write([1, 'two'])")))
    expect(failed).toMatchObject({
      tag: "WrongOutput",
      message: 'output "made": outputs/made.jsonl, column "n", row 1: expected int32, found "two"',
      details: { output: "made", column: "n", row: 1, expected: "int32", found: '"two"' },
    })
  })

  test("where its file changes after the pipeline was read", async () => {
    const user = commandProject("write([1])", { call: "numbers: slow({}), n: 1" })
    const text = fs
      .readFileSync(`${user.root}/pipeline.ts`, "utf8")
      .replace(
        "const make =",
        'const slow = command({ name: "slow", outputs: { numbers: Numbers }, run: ["sh", "-c", `echo \'{"n":1}\' > outputs/numbers.jsonl; echo // more >> ROOT/program.mjs`] })\nconst make =',
      )
    user.write("pipeline.ts", text.replace("ROOT", user.root))
    expect(failureOf(await watched(user))).toMatchObject({
      id: "made",
      tag: "ProgramChanged",
      message: "program.mjs was changed after its pipeline was read; run again",
    })
    expect((await user.run()).outcome).toBe("done")
  })
})

test("a retry finds what the attempt before it kept, and a finished stage leaves nothing", async () => {
  const body = `
    const state = path.join(process.env.ASSAY_RESUME, "state")
    const tries = fs.existsSync(state) ? Number(fs.readFileSync(state, "utf8")) : 0
    console.log(JSON.stringify({ step: tries, total: 3, tries }))
    fs.writeFileSync(state, String(tries + 1))
    fs.writeFileSync(path.join(outputs, "left.txt"), "of an attempt that failed")
    if (tries < 2) process.exit(1)
    fs.rmSync(path.join(outputs, "left.txt"))
    write(fs.readdirSync(outputs).length === 0 ? [tries] : [])`
  const user = commandProject(body, { further: "retries: 2," })
  const events = await watched(user)
  expect(events.flatMap((event) => (event.type === "stage.metrics" ? [event.values.tries] : []))).toEqual([0, 1, 2])
  expect(events.filter((event) => event.type === "stage.resumed")).toHaveLength(2)
  expect(events.at(-1)).toMatchObject({ type: "run.finished", finished: 1 })
  expect(fs.readdirSync(path.join(user.store, "checkpoints"))).toEqual([])
  expect(fs.readdirSync(path.join(user.store, "tmp"))).toEqual([])
})

test("a program sees the variables that it declares, and secrets among them are printed nowhere", async () => {
  process.env.TEST_API_KEY = "secret-0123456789"
  process.env.TEST_UNDECLARED = "undeclared"
  try {
    const body = `
      console.log([process.env.TEST_API_KEY, process.env.TEST_UNDECLARED, process.env.TZ, process.env.CUDA_VISIBLE_DEVICES, process.env.OMP_NUM_THREADS].join())
      write([process.env.TEST_API_KEY.length])`
    const user = commandProject(body, { further: 'variables: ["TEST_API_KEY"], threads: 2,' })
    expect(outputsOf(await watched(user))).toEqual(["[redacted],,UTC,,2"])
    const texts = fs.readdirSync(user.store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of texts) expect(fs.readFileSync(path.join(parentPath, name), "latin1")).not.toContain("secret-0123")
  } finally {
    delete process.env.TEST_API_KEY
    delete process.env.TEST_UNDECLARED
  }
})
