import { expect, test } from "vitest"
import { causesOf } from "../../../runtime/plan/causes.ts"
import { comparisonOf, manifestWith, stage, vectorWith } from "./cause/comparison.ts"

const causes = (before: Parameters<typeof comparisonOf>[0], after: Parameters<typeof comparisonOf>[1]) => {
  const lookup = { stage, last: { manifest: manifestWith(vectorWith(before)), wasComputed: true }, isDamaged: false }
  return causesOf(lookup, comparisonOf(before, after)).map(({ component }) => component)
}

test("reasons are told in one order, code first and the engine last", () => {
  const before = {
    format: 1,
    stage: "a",
    code: "x",
    program: { files: { "a.py": "1" } },
    packages: { p: "1" },
    parameters: { beta: 1 },
    schemas: 1,
    reads: 1,
    engine: "onnx",
  }
  const after = {
    format: 2,
    stage: "b",
    code: "y",
    program: { files: { "a.py": "2" } },
    packages: { p: "2" },
    parameters: { beta: 2 },
    schemas: 2,
    reads: 2,
    engine: "cpu",
  }
  expect(causes(before, after)).toEqual([
    "code",
    "program.files.a.py",
    "format",
    "stage",
    "packages.p",
    "parameters.beta",
    "schemas",
    "reads",
    "engine",
  ])
})

test("an equal fingerprint whose result is not there is a result that is gone", () => {
  expect(causes({ code: "x" }, { code: "x" })).toEqual(["result gone"])
})

test("without an earlier result nothing is compared", () => {
  const lookup = { stage, last: { manifest: null, wasComputed: false }, isDamaged: false }
  expect(causesOf(lookup, comparisonOf({ code: "x" }, { code: "y" })).map(({ component }) => component)).toEqual(["never run"])
})
