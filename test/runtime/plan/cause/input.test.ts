import { expect, test } from "vitest"
import type { GraphInput, GraphSource } from "../../../../dsl/graph.ts"
import { inputChanged, portUnwired } from "../../../../runtime/plan/cause/input.ts"
import { comparisonOf, stage } from "./comparison.ts"

const type = { kind: "files", name: "policy" } as GraphSource["type"]
const output = (id: string, at = {}): GraphSource => ({ type, from: { kind: "output", id, output: "policy" }, path: [], at })
const withInputs = (...inputs: ReadonlyArray<GraphInput>) => ({ stage: { ...stage, inputs } })
const one = (source: GraphSource): GraphInput => ({ port: "reference", many: false, sources: [source] })
const many = (...sources: ReadonlyArray<GraphSource>): GraphInput => ({ port: "runs", many: true, sources })
const member = (seed: number, digest: string) => ({ path: [], at: { seed }, digest })

test("an equal artifact is not a reason, whichever stage made it", () => {
  const about = withInputs(one(output("other")))
  expect(inputChanged(comparisonOf({ "inputs.reference": "d" }, { "inputs.reference": "d" }, about))).toEqual([])
})

test("another artifact is a cause in the stage that made it; another file in the stage itself", () => {
  const [before, after] = [{ "inputs.reference": "d" }, { "inputs.reference": "e" }]
  expect(inputChanged(comparisonOf(before, after, withInputs(one(output("sft")))))).toEqual([
    { component: "inputs.reference", before: "d", after: "e", root: "sft" },
  ])
  const file: GraphSource = { type, from: { kind: "file", file: "policy.bin" }, path: [], at: {} }
  expect(inputChanged(comparisonOf(before, after, withInputs(one(file))))).toMatchObject([{ root: "arm.train" }])
})

test("an artifact that has still to be computed is a cause in each stage where that began", () => {
  const about = { ...withInputs(one(output("sft"))), pending: () => ["corpus", "tokenizer"] }
  expect(inputChanged(comparisonOf({ "inputs.reference": "d" }, { "inputs.reference": null }, about))).toEqual([
    { component: "inputs.reference", before: "d", after: null, root: "corpus" },
    { component: "inputs.reference", before: "d", after: null, root: "tokenizer" },
  ])
})

test("of a collection only the members that changed, came or went are causes", () => {
  const before = { "inputs.runs": [member(1, "a"), member(2, "b"), member(3, "c")] }
  const after = { "inputs.runs": [member(1, "a"), member(2, "B"), member(4, "d")] }
  const about = withInputs(many(output("one", { seed: 1 }), output("two", { seed: 2 }), output("four", { seed: 4 })))
  expect(inputChanged(comparisonOf(before, after, about))).toEqual([
    { component: "inputs.runs", before: "b", after: "B", root: "two" },
    { component: "inputs.runs", before: null, after: "d", root: "four" },
    { component: "inputs.runs", before: "c", after: null, root: "arm.train" },
  ])
})

test("while one member has still to be computed, those that are there are compared by their digests", () => {
  const before = { "inputs.runs": [member(1, "a"), member(2, "b")] }
  const about = {
    ...withInputs(many(output("one", { seed: 1 }), output("two", { seed: 2 }))),
    pending: ({ at }: GraphSource) => (at.seed === 2 ? ["two"] : []),
    digest: () => "a",
  }
  expect(inputChanged(comparisonOf(before, { "inputs.runs": null }, about))).toEqual([
    { component: "inputs.runs", before: "b", after: null, root: "two" },
  ])
})

test("a port to which something was wired, and nothing is now, is a cause with what it had", () => {
  const before = { "inputs.reference": "d", "inputs.corpus.text": "e" }
  expect(portUnwired(comparisonOf(before, {}, withInputs(one(output("sft")))))).toEqual([
    { component: "inputs.corpus.text", before: "e", after: null, root: "arm.train" },
  ])
})
