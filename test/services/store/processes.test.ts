import { spawn } from "node:child_process"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Journals } from "../../../runtime/index.ts"
import { assayRoot, project } from "../../runtime/project.ts"
import { namesIn } from "../../runtime/store/remote/object-store-laws.ts"
import { machineOn } from "../../runtime/store/remote/shared-store-laws.ts"
import { moto, notTested, type S3Server, secret, startMoto } from "../support/s3.ts"
import { sharedStoreIn } from "../support/shared-store.ts"

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** The command in a process of its own, and what ends it. */
const assay = (folder: string, arguments_: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) => {
  const env = { ...process.env, ...environment, ASSAY_CACHE: path.join(assayRoot, "node_modules", ".cache", "assay-tests") }
  const child = spawn(process.execPath, [path.join(assayRoot, "cli/assay.mjs"), ...arguments_], { cwd: folder, env })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
  return {
    child,
    output: () => output,
    ended: new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, output }))),
  }
}

/** One stage that takes so many seconds, and for ever where the variable HANG says so. */
const slowProject = (seconds: number) =>
  project({
    "stages.ts": `
import { files, Schema, stage } from "assay"
export const slow = stage({ name: "slow", reads: ["env:HANG"], readsAs: "nothing", inputs: {}, parameters: { seed: Schema.Int }, outputs: { out: files("out") }, run: () => import("./slow.ts") })
`,
    "slow.ts": `
export const run = async ({ outputs, parameters }) => {
  await new Promise((resolve) => setTimeout(resolve, process.env.HANG === "yes" ? 2 ** 30 : ${seconds * 1000}))
  await outputs.out.write("file", String(parameters.seed))
}
`,
    "pipeline.ts": `
import { pipeline } from "assay"
import { slow } from "./stages.ts"
export default pipeline("slow", () => slow({ seed: 1 }))
`,
  })

const until = async (condition: () => boolean | Promise<boolean>, seconds: number): Promise<void> => {
  for (const end = performance.now() + seconds * 1000; !(await condition()); await new Promise((resolve) => setTimeout(resolve, 100)))
    if (performance.now() > end) throw new Error(`not within ${seconds} seconds`)
}

if (moto === null) notTested("moto")
describe.skipIf(moto === null)("processes that share a bucket of moto", () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startMoto()
    await server.makeBucket("processes")
  })
  afterAll(() => server?.stop())

  test("what a killed machine was computing is taken over by another, which waited for it", async () => {
    const store = sharedStoreIn(server, "processes")
    const [one, two] = [slowProject(0), slowProject(0)]
    const first = assay(one.root, ["run", "pipeline.ts"], { ...store.environment, ASSAY_STORE_CACHE: "cache", HANG: "yes" })
    await until(() => first.output().includes("start    slow"), 60)
    const second = assay(two.root, ["run", "pipeline.ts"], { ...store.environment, ASSAY_STORE_CACHE: "cache" })
    await until(() => second.output().includes("which computes the same key"), 60)
    expect(second.output()).not.toContain("start    slow")
    first.child.kill("SIGKILL")
    const { code, output } = await second.ended
    expect(output).toContain("start    slow")
    expect(code).toBe(0)
    expect(await namesIn(store.objects, "leases/")).toEqual([])
    expect(await namesIn(store.objects, "results/")).toHaveLength(1)
  })

  test("a run is followed from another machine while it goes on, to its end", async () => {
    const store = sharedStoreIn(server, "processes")
    const one = slowProject(22)
    const two = machineOn(store)
    const first = assay(one.root, ["run", "pipeline.ts"], { ...store.environment, ASSAY_STORE_CACHE: "cache" })
    await until(async () => (await namesIn(store.objects, "journals/")).length > 0, 60)
    const seen = await two.provided(
      Effect.gen(function* () {
        const journals = yield* Journals
        const [running] = yield* journals.running
        const events = yield* Stream.runCollect(
          Stream.map(journals.follow(running?.run ?? ""), ({ type }) => ({ type, wasRunning: first.child.exitCode === null })),
        )
        return { running, events }
      }),
    )
    expect(seen.running).toMatchObject({ alive: true, process: { pid: first.child.pid } })
    expect(seen.events[0]).toEqual({ type: "run.started", wasRunning: true })
    expect(seen.events.map(({ type }) => type)).toContain("stage.finished")
    expect(seen.events.at(-1)?.type).toBe("run.finished")
    expect((await first.ended).code).toBe(0)
  })

  test("a run is pushed by one person and pulled by another, with its history and journal, and nothing prints the secret", async () => {
    const store = sharedStoreIn(server, "processes")
    const { ASSAY_STORE: url = "", ...aws } = store.environment
    const [one, two] = [slowProject(0), slowProject(0)]
    const printed: Array<string> = []
    const call = async (folder: string, ...arguments_: ReadonlyArray<string>) => {
      const ended = await assay(folder, arguments_, aws).ended
      printed.push(ended.output)
      return ended
    }
    expect((await call(one.root, "run", "pipeline.ts")).code).toBe(0)
    expect((await call(one.root, "push")).output).toContain("expected a store to copy to")
    expect((await call(one.root, "push", "--to", url)).output).toMatch(/1 result, 1 B, copied to s3:\/\/processes/)
    expect((await call(one.root, "push", "slow", "--to", url)).output).toMatch(/0 results, 0 B, .*; 1 were there already/)
    const pulled = JSON.parse((await call(two.root, "pull", "--from", url, "--json")).output)
    expect(pulled).toMatchObject({ pipeline: "slow", results: 1, copied: 1, bytes: 1, missing: [] })
    expect((await call(two.root, "plan", "pipeline.ts")).output).toContain("1 cached, 0 to run")
    expect((await call(two.root, "show", "slow")).output).toContain("file")
    expect((await call(two.root, "pull", "nothing", "--from", url)).code).toBe(2)
    expect((await call(two.root, "pull", "--from", "ftp://host/x")).output).toContain(
      "give a folder, file:///folder, or s3://bucket/prefix",
    )
    expect(printed.filter((text) => text.includes(secret))).toEqual([])
  })
})
