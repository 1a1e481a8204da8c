import * as fs from "node:fs"
import { Effect } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { type Allocation, resources } from "../../../runtime/execute/resources.ts"
import { Results, Settings } from "../../../runtime/index.ts"
import { project } from "../project.ts"

/**
 * Each stage notes when it began and ended, in milliseconds of one clock, and what it was
 * allocated.
 */
const busy = `
export const run = async ({ outputs, parameters, engine: { threads } }) => {
  const from = Date.now()
  await new Promise((resolve) => setTimeout(resolve, 150))
  await outputs.span.write("span.json", JSON.stringify({ from, to: Date.now(), threads, n: parameters.n }))
}
`

const declared = (options: string) => `
import { files, stage } from "assay"
import { Schema } from "effect"
export const small = stage({ name: "small", inputs: {}, parameters: { n: Schema.Int }, outputs: { span: files("span") }, run: () => import("./busy.ts") })
export const large = stage({ name: "large", ${options} inputs: {}, parameters: { n: Schema.Int }, outputs: { span: files("span") }, run: () => import("./busy.ts") })
`

const pipeline = `
import { pipeline } from "assay"
import { large, small } from "./stages.ts"
export default pipeline("busy", () => [1, 2, 3].map((n) => ({ large: large({ n }), small: small({ n }) })))
`

const spans = async (options: string, environment: Readonly<Record<string, string>>, of = pipeline) => {
  const user = project({ "stages.ts": declared(options), "busy.ts": busy, "pipeline.ts": of }, { pool: true, environment })
  const { outcome, results } = await user.run()
  expect(outcome).toBe("done")
  return user.provided(
    Effect.gen(function* () {
      const { open } = yield* Results
      const found: Array<{ stage: string; from: number; to: number; threads: number }> = []
      for (const { manifest } of results) {
        const [file] = yield* open(manifest, "span")
        found.push({ stage: manifest.stage, ...JSON.parse(fs.readFileSync(file?.path ?? "", "utf8")) })
      }
      return found
    }),
  )
}

const overlapping = (some: ReadonlyArray<{ from: number; to: number }>): number =>
  Math.max(...some.map(({ from }) => some.filter((other) => other.from <= from && from < other.to).length))

test("stages that together need more memory than there is run one after the other, and others beside them", async () => {
  const all = await spans("memory: 2e9,", { ASSAY_THREADS: "3", ASSAY_MEMORY: "3GB" })
  expect(overlapping(all.filter(({ stage }) => stage === "large"))).toBe(1)
  expect(overlapping(all)).toBeGreaterThan(1)
})

test("stages that could use all threads share them where several want to start, and are never lent more than there are", async () => {
  const all = await spans("threads: 3, engine: true,", { ASSAY_THREADS: "3" })
  for (const { from } of all) {
    const beside = all.filter((other) => other.from <= from && from < other.to)
    expect(beside.reduce((sum, { threads }) => sum + threads, 0)).toBeLessThanOrEqual(3)
  }
  expect(Math.min(...all.filter(({ stage }) => stage === "large").map(({ threads }) => threads))).toBe(1)
})

test("a stage that waits alone is allocated all that it can use", async () => {
  const alone = pipeline.replace("[1, 2, 3]", "[1]").replace(", small: small({ n })", "")
  expect(await spans("threads: 2, engine: true,", { ASSAY_THREADS: "3" }, alone)).toMatchObject([{ threads: 2 }])
})

test("a stage that needs more memory than there is fails before it runs, and says what to set", async () => {
  const environment = { ASSAY_MEMORY: "1.5GB" }
  const user = project({ "stages.ts": declared("memory: 2e9,"), "busy.ts": busy, "pipeline.ts": pipeline }, { environment })
  const { failures, stages } = await user.run()
  expect(failures).toHaveLength(3)
  expect(failures[0]).toMatchObject({
    tag: "NotEnoughMemory",
    message: "it needs 2.00 GB of memory, and may have 1.50 GB; set ASSAY_MEMORY",
    details: { needs: 2e9, has: 1.5e9 },
  })
  expect(stages.filter(({ outcome }) => outcome === "finished")).toHaveLength(3)
})

test("a stage that needs more GPUs than there are fails before it runs, and says what to set", async () => {
  const user = project(
    { "stages.ts": declared("gpus: 2,"), "busy.ts": busy, "pipeline.ts": pipeline },
    { environment: { ASSAY_GPUS: "1" } },
  )
  const { failures } = await user.run()
  expect(failures).toHaveLength(3)
  expect(failures[0]).toMatchObject({ tag: "NotEnoughGpus", details: { needs: 2, has: 1 } })
})

test("allocations never exceed the machine, whatever starts and ends, and all are released", () => {
  const declaration = fc.record({ threads: fc.integer({ min: 1, max: 6 }), memory: fc.nat(6), gpus: fc.nat(4) })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(declaration, fc.integer({ min: 1, max: 4 }), fc.boolean())),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(3),
      (steps, threads, memory, gpus) => {
        const machine = resources({ threads, memory, gpus })
        const out: Array<Allocation> = []
        for (const [needs, waiting, isGivenBack] of steps) {
          const allocation = isGivenBack ? undefined : machine.allocate(needs, waiting)
          if (isGivenBack) for (const given of out.splice(0, 1)) machine.release(given)
          if (allocation !== undefined) {
            out.push(allocation)
            expect(allocation.threads).toBeGreaterThanOrEqual(1)
            expect(allocation.threads).toBeLessThanOrEqual(needs.threads)
            expect(allocation.memory).toBe(Math.min(needs.memory, memory))
            expect(allocation.gpus).toHaveLength(Math.min(needs.gpus, gpus))
          }
          expect(out.reduce((sum, given) => sum + given.threads, 0)).toBeLessThanOrEqual(threads)
          expect(out.reduce((sum, given) => sum + given.memory, 0)).toBeLessThanOrEqual(memory)
          const devices = out.flatMap((given) => given.gpus)
          expect(new Set(devices).size, "no GPU is given to two stages").toBe(devices.length)
          expect(devices.every((device) => device < gpus)).toBe(true)
        }
        for (const given of out) machine.release(given)
        const all = { threads, memory, gpus: Array.from({ length: gpus }, (_, device) => device) }
        expect(machine.allocate({ threads, memory, gpus }, 1)).toEqual(all)
      },
    ),
  )
})

test.each(["none", "", "-1", "0", "12XB"])('ASSAY_MEMORY="%s" is refused with what to give', async (value) => {
  const read = project({}, { environment: { ASSAY_MEMORY: value } }).provided(Settings)
  await expect(read).rejects.toMatchObject({ _tag: "BadSetting", message: expect.stringContaining("such as 500MB or 20GB") })
})

test.each([
  ["threads: 0,", "stage large: threads is 0: expected an integer of at least 1"],
  ["memory: -1,", "stage large: memory is -1: expected a number of bytes, 0 or more"],
  ["gpus: 1.5,", "stage large: gpus is 1.5: expected an integer of at least 0"],
  ['labels: ["Big disk"],', 'stage large: the label "Big disk": expected lower-case letters'],
])("a declaration of %s is refused", async (options, message) => {
  const user = project({ "stages.ts": declared(options), "busy.ts": busy, "pipeline.ts": pipeline })
  await expect(user.plan()).rejects.toMatchObject({ _tag: "DeclarationFailed", message: expect.stringContaining(message) })
})

test("a user's program gets all threads that it declares, or that there are, and waits for them", () => {
  const machine = resources({ threads: 4, memory: 0, gpus: 0 })
  const command = { run: ["python3"], files: [], environment: {}, variables: [] }
  const program = { threads: 3, memory: 0, gpus: 0, command }
  const first = machine.allocate(program, 10)
  expect(first?.threads).toBe(3)
  expect(machine.allocate(program, 10)).toBeUndefined()
  expect(machine.allocate({ threads: 3, memory: 0, gpus: 0 }, 1)?.threads).toBe(1)
  if (first !== undefined) machine.release(first)
  expect(machine.allocate({ ...program, threads: 8 }, 1)).toBeUndefined()
  expect(resources({ threads: 4, memory: 0, gpus: 0 }).allocate({ ...program, threads: 8 }, 10)?.threads).toBe(4)
})
