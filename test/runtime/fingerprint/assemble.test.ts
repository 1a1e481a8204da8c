import { expect, test } from "vitest"
import type { GraphInput, GraphSource, GraphStage } from "../../../dsl/graph.ts"
import { assemble, type Known } from "../../../runtime/fingerprint/assemble.ts"
import { componentOf, keyOf } from "../../../runtime/fingerprint/vector.ts"
import { stage } from "../plan/cause/comparison.ts"

const type = { kind: "files", name: "policy" } as GraphSource["type"]
const output = (id: string, at = {}): GraphSource => ({ type, from: { kind: "output", id, output: "policy" }, path: [], at })
const file: GraphSource = { type, from: { kind: "file", file: "notes.txt" }, path: [], at: {} }
const withInputs = (...inputs: ReadonlyArray<GraphInput>): GraphStage => ({ ...stage, inputs })

const known = (
  digests: Readonly<Record<string, string>>,
  rest: Partial<Known> & { readonly reasons?: ReadonlyArray<string> } = {},
): Known => ({
  graphCode: {
    parts: () => ({ code: "c", packages: {}, engine: null, program: null, plugins: [] }),
    uncacheable: () => rest.reasons ?? [],
    outside: (name) => ({ path: `/${name}`, files: [], isFolder: false, digest: `digest of ${name}`, isUnchanged: async () => true }),
  },
  outputDigest: (id) => digests[id] ?? null,
  run: rest.run ?? null,
})

test("with all inputs known, a plan and a run give one key, which is the digest of the vector", () => {
  const train = withInputs({ port: "reference", many: false, sources: [output("sft")] }, { port: "notes", many: false, sources: [file] })
  const planned = assemble(train, known({ sft: "d" }))
  expect(planned).toEqual(assemble(train, known({ sft: "d" }, { run: "r1" })))
  expect(planned).toMatchObject({ state: "complete", key: keyOf(planned.vector) })
  expect(componentOf(planned.vector, ["inputs", "reference"])).toBe("d")
  expect(componentOf(planned.vector, ["inputs", "notes"])).toBe("digest of notes.txt")
})

test("a stage waits for every stage that has still to compute an input, and no key is computed from the rest", () => {
  const sources = [output("a", { seed: 1 }), output("b", { seed: 2 }), output("c", { seed: 3 })]
  const collected = withInputs({ port: "runs", many: true, sources }, { port: "notes", many: false, sources: [file] })
  const waiting = assemble(collected, known({ b: "d" }))
  expect(waiting).toMatchObject({ state: "waiting", waitsFor: ["a", "c"] })
  expect(waiting).not.toHaveProperty("key")
  expect(componentOf(waiting.vector, ["inputs", "runs"])).toBeNull()
  expect(componentOf(waiting.vector, ["inputs", "notes"])).toBe("digest of notes.txt")
})

test("a stage that cannot be cached has no key in a plan, and in each run a key of its own", () => {
  const reasons = ["it reads process.env"]
  expect(assemble(stage, known({}, { reasons }))).toMatchObject({ state: "uncacheable" })
  const keys = ["r1", "r2"].map((run) => assemble(stage, known({}, { reasons, run })))
  expect(keys).toMatchObject([{ state: "complete" }, { state: "complete" }])
  expect(keys[0]).not.toEqual(keys[1])
})
