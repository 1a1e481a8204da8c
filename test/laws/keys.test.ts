import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { digestsOf, project, toyProject } from "../runtime/project.ts"
import { startProcess } from "../slow/toy.ts"

const launcher = path.resolve(import.meta.dirname, "../../cli/assay.mjs")

let folder = ""
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-keys-")))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const keysOf = async (root: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const { stdout, stderr, code } = await startProcess(process.execPath, [launcher, "plan", "pipeline.ts", "--json"], root, environment)
    .ended
  expect(stderr).toBe("")
  expect(code).toBe(0)
  const { stages } = JSON.parse(stdout) as { readonly stages: ReadonlyArray<{ readonly id: string; readonly key: string | null }> }
  return stages.map(({ id, key }) => [id, key])
}

test("keys do not depend on the folder, the environment and its order, the locale or the time zone", async () => {
  const toy = toyProject()
  await toy.run()
  const expected = (await toy.plan()).stages.map(({ id, key }) => [id, key])
  expect(JSON.stringify(expected)).not.toContain("null")
  const elsewhere = path.join(folder, "a longer name, with ü and spaces", "project")
  fs.cpSync(toy.root, elsewhere, { recursive: true })
  const { PATH = "", HOME = "" } = process.env
  const store = toy.store
  expect(await keysOf(elsewhere)).toEqual(expected)
  expect(await keysOf(elsewhere, { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" })).toEqual(expected)
  expect(await keysOf(toy.root, { LANG: "C", TZ: "America/Caracas", ZZZ: "1", AAA: "2", ASSAY_STORE: store })).toEqual(expected)
  expect(await keysOf(toy.root, { HOME, PATH, NODE_ENV: "production", SOURCE_DATE_EPOCH: "0" })).toEqual(expected)
})

test("keys do not depend on the order in which parameters are declared or given, nor on that of fields in them", async () => {
  const toy = toyProject()
  const expected = (await toy.plan()).stages.map(({ key }) => key)
  toy.edit("stages.ts", "{ count: Schema.Int, seed: Schema.Int }", "{ seed: Schema.Int, count: Schema.Int }")
  toy.edit("pipeline.ts", "draw({ count: 20, seed })", "draw({ seed, count: 20 })")
  expect((await toy.plan()).stages.map(({ key }) => key)).toEqual(expected)
})

/**
 * A pipeline of stages that each add a constant to what they get, as random as the numbers that
 * describe it.
 */
interface Drawn {
  /**
   * Of each stage, the earlier ones it reads (by remainder), its parameter, and which of three
   * implementations it has.
   */
  readonly stages: ReadonlyArray<{ readonly reads: ReadonlyArray<number>; readonly add: number; readonly kind: number }>
  /** The constant in each implementation, and a comment that means nothing. */
  readonly constants: ReadonlyArray<number>
  readonly comment: string
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  stages: fc.array(fc.record({ reads: fc.array(fc.nat(20), { maxLength: 3 }), add: fc.integer({ min: 0, max: 3 }), kind: fc.nat(2) }), {
    minLength: 1,
    maxLength: 8,
  }),
  constants: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
  comment: fc.constantFrom("one", "two"),
})

const filesOf = ({ stages, constants, comment }: Drawn): Readonly<Record<string, string>> => ({
  "stages.ts": `
import { anyNumber, stage, table } from "assay"
import { Schema } from "effect"
export const Sum = table("sum", { value: "int32" })
${constants
  .map(
    (_, kind) =>
      `export const kind${kind} = stage({ name: "kind${kind}", inputs: { from: anyNumber(Sum) }, parameters: { add: Schema.Int }, outputs: { sum: Sum }, run: () => import("./kind${kind}.ts") })`,
  )
  .join("\n")}
`,
  ...Object.fromEntries(
    constants.map((constant, kind) => [
      `kind${kind}.ts`,
      `// ${comment}
export const run = async ({ inputs, parameters, outputs }) => {
  let value = ${constant} + parameters.add
  for (const { input } of inputs.from) for (const row of await input.read()) value = (value * 3 + row.value) % 7
  await outputs.sum.append([{ value }])
}
`,
    ]),
  ),
  "pipeline.ts": `
import { pipeline } from "assay"
import { kind0, kind1, kind2 } from "./stages.ts"
export default pipeline("random", () => {
${stages
  .map(({ reads, add, kind }, index) => {
    const earlier = [...new Set(index === 0 ? [] : reads.map((read) => read % index))]
    return `  const s${index} = kind${kind}({ from: { ${earlier.map((read) => `s${read}`).join(", ")} }, add: ${add} })`
  })
  .join("\n")}
  return { ${stages.map((_, index) => `s${index}`).join(", ")} }
})
`,
})

test("for random graphs and random edits, what is computed incrementally equals what is computed from scratch", {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, fc.array(drawn, { minLength: 1, maxLength: 2 }), async (first, edits) => {
      const user = project(filesOf(first))
      await user.run()
      for (const edit of edits) {
        // Half of the graph stays: an edit that shares nothing with what was there would prove
        // little.
        const mixed: Drawn = { ...edit, stages: edit.stages.map((stage, index) => first.stages[index * 2] ?? stage) }
        const files = filesOf(mixed)
        for (const [name, text] of Object.entries(files)) user.write(name, text)
        const incremental = await digestsOf(user, await user.run())
        const fresh = project(files)
        expect(incremental).toEqual(await digestsOf(fresh, await fresh.run()))
      }
    }),
    { numRuns: 12, seed: 4 },
  )
})
