import { expect, test } from "vitest"
import { codeChanged } from "../../../../runtime/plan/cause/code.ts"
import { comparisonOf, manifestWith, vectorWith } from "./comparison.ts"

const [old, current, list] = ["b".repeat(64), "a".repeat(64), "c".repeat(64)]
const source = { code: old, files: list }
const files = (sha256: string) => [
  { name: "train.ts", sha256 },
  { name: "loss.ts", sha256: "same" },
]

test("equal code is not a reason", () => {
  expect(codeChanged(comparisonOf({ code: old, stage: "a" }, { code: old, stage: "b" }))).toEqual([])
})

test("an edit is one cause with the files that changed", () => {
  const about = {
    last: manifestWith(vectorWith({ code: old }), { source }),
    code: { digest: current, files: files("new") },
    filesThen: (digest: string) => (digest === list ? files("old") : null),
  }
  expect(codeChanged(comparisonOf({ code: old }, { code: current }, about))).toEqual([
    { component: "code", before: old, after: current, root: "arm.train", files: ["train.ts"] },
  ])
})

test("without the list of files as they were, no file is named", () => {
  expect(codeChanged(comparisonOf({ code: old }, { code: current }))).toMatchObject([{ component: "code", files: [] }])
})

test("code compared by its files, or pinned by a version, is named by its part", () => {
  expect(codeChanged(comparisonOf({ code: { version: "1" } }, { code: { version: "2" } }))).toMatchObject([
    { component: "code.version", before: "1", after: "2" },
  ])
})

test("of a stage that cannot be cached, the digests beside the fingerprints are compared", () => {
  const run = { uncacheable: ["it reads process.env"], run: "r1", id: "arm.train" }
  const after = (digest: string) =>
    codeChanged(
      comparisonOf(
        { code: run },
        { code: current },
        {
          last: manifestWith(vectorWith({ code: run }), { source: { code: digest, files: list } }),
          uncacheable: ["it reads process.env"],
          code: { digest: current, files: [] },
        },
      ),
    )
  expect(after(current)).toEqual([])
  expect(after(old)).toMatchObject([{ component: "code", before: old, after: current }])
})
