import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { contents, type Ended, filesUnder, killAll, openToy, pipeline, type Toy } from "./toy.ts"

/** How many moments; `ASSAY_KILLS` asks for others. */
const kills = Number(process.env.ASSAY_KILLS ?? 32)

/** Numbers in [0, 1) that are the same in every run of the tests (mulberry32). */
const uniform = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
}

const run = async (toy: Toy): Promise<Ended> => {
  const ended = await toy.start(["run", "pipeline.ts"]).ended
  expect(ended.stderr).toMatch(/^done: /m)
  expect(ended.code).toBe(0)
  return ended
}

const undisturbed = async (
  text = pipeline(),
): Promise<{ readonly results: ReadonlyMap<string, string>; readonly milliseconds: number }> => {
  const toy = openToy(text)
  await run(toy)
  fs.rmSync(`${toy.root}/.assay`, { recursive: true })
  const start = performance.now()
  await run(toy)
  return { results: contents(`${toy.root}/.assay`), milliseconds: performance.now() - start }
}

/** Nothing is left of those that are gone. */
const expectTidy = (toy: Toy): void => {
  expect(filesUnder(`${toy.root}/.assay/tmp`)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/leases`)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/checkpoints`)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/quarantine`)).toEqual([])
}

test(`killed at ${kills} moments, in stages, in publishing and in gc, and run again: bit for bit what an undisturbed run makes`, async () => {
  const { results, milliseconds } = await undisturbed()
  const random = uniform(7)
  const toy = openToy()
  await run(toy)
  let interrupted = 0
  // Some processes are over before they are killed, on some machines many: as often as it takes,
  // and to the end of a round.
  for (let kill = 0; (interrupted < kills || kill % 4 !== 0) && kill < 4 * kills; kill++) {
    // From scratch now and then; otherwise the next kill finds what the last one left.
    if (kill % 4 === 0) fs.rmSync(`${toy.root}/.assay`, { recursive: true, force: true })
    const collecting = kill % 4 === 3
    if (collecting) {
      // A store with much to collect: the results of another pipeline, which no run keeps.
      toy.write("pipeline.ts", pipeline(300, 2))
      await run(toy)
      toy.write("pipeline.ts", pipeline())
    }
    const started = toy.start(collecting ? ["gc", "--runs", "0"] : ["run", "pipeline.ts"])
    // A run that finds all of it computed is as short as a collection.
    await sleep(200 + random() * (kill % 4 < 2 ? milliseconds : 400))
    if (started.process.exitCode === null) interrupted += 1
    killAll(started)
    await started.ended
    // What is there is whole, at any moment.
    for (const [key, content] of contents(`${toy.root}/.assay`)) if (results.has(key)) expect(content).toBe(results.get(key))
    if (kill % 2 === 1) {
      await run(toy)
      const after = contents(`${toy.root}/.assay`)
      for (const [key, content] of results) expect(after.get(key), `after kill ${kill}`).toBe(content)
      expectTidy(toy)
    }
  }
  expect(interrupted).toBeGreaterThanOrEqual(kills)
}, 3_000_000)

/**
 * For a process: the first time that it would remove what lies in the store's temporary folder, it
 * is killed instead.
 */
const killsItself = `--import=data:text/javascript,${encodeURIComponent(`
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
const remove = fs.rmSync
fs.rmSync = (file, options) => (String(file).includes("/.assay/tmp/") ? process.kill(process.pid, "SIGKILL") : remove(file, options))
syncBuiltinESMExports()
`)}`

test("what a collection had moved away when it was killed is cleared by the next run", async () => {
  const toy = openToy()
  await run(toy)
  const results = contents(`${toy.root}/.assay`)
  fs.rmSync(`${toy.root}/.assay/runs`, { recursive: true })
  expect((await toy.start(["gc", "--runs", "0"], { NODE_OPTIONS: killsItself }).ended).signal).toBe("SIGKILL")
  expect(filesUnder(`${toy.root}/.assay/tmp`)).toHaveLength(1)
  await run(toy)
  expect(contents(`${toy.root}/.assay`)).toEqual(results)
  expectTidy(toy)
})

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s lets stages stop, leaves a valid store and nothing else, and is told by the exit code",
  async (signal) => {
    const { results, milliseconds } = await undisturbed()
    const random = uniform(signal.length)
    const toy = openToy()
    for (let attempt = 0; attempt < 5; attempt++) {
      const started = toy.start(["run", "pipeline.ts"])
      await sleep(400 + (random() * milliseconds) / 3)
      // As the terminal does it: to the whole group. A run that has little left may have ended.
      if (signal === "SIGINT" && started.process.pid !== undefined) signalGroup(started.process.pid, signal)
      else started.process.kill(signal)
      // Before the command has begun to listen, the signal itself ends it.
      const { code, signal: by, stderr } = await started.ended
      expect([0, 130], stderr).toContain(by === signal ? 130 : code)
      expect(filesUnder(`${toy.root}/.assay/leases`)).toEqual([])
      expect(filesUnder(`${toy.root}/.assay/tmp`)).toEqual([])
      expect(filesUnder(`${toy.root}/.assay/running`)).toEqual([])
    }
    await run(toy)
    expect(contents(`${toy.root}/.assay`)).toEqual(results)
    expectTidy(toy)
  },
  300_000,
)

const signalGroup = (leader: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-leader, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
