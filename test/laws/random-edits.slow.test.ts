import fc from "fast-check"
import { expect, test } from "vitest"
import { digestsOf, project } from "../runtime/project.ts"

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

test("for random graphs and random edits, what is computed incrementally equals what is computed from scratch", async () => {
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
