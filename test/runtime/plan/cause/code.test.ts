import { expect, test } from "vitest"
import { codeChanged, pluginChanged } from "../../../../runtime/plan/cause/code.ts"
import { comparisonOf, manifestWith, noNames, vectorWith } from "./comparison.ts"

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
    code: { digest: current, files: files("new"), ...noNames },
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
          code: { digest: current, files: [], ...noNames },
        },
      ),
    )
  expect(after(current)).toEqual([])
  expect(after(old)).toMatchObject([{ component: "code", before: old, after: current }])
})

test("an edit of a plugin is one cause at its place, with the files that changed of it", () => {
  const [mine, theirs] = [
    { name: "train.ts", sha256: "same" },
    { name: "orpo.ts", sha256: "new" },
  ]
  const about = {
    last: manifestWith(vectorWith({ code: old, "plugins.loss": "x" }), { source }),
    code: {
      digest: old,
      files: [mine, theirs],
      ownFiles: new Set(["train.ts"]),
      pluginFiles: new Map([["loss", new Set(["orpo.ts"])]]),
    },
    filesThen: () => [mine, { ...theirs, sha256: "old" }],
  }
  const comparison = comparisonOf({ code: old, "plugins.loss": "x" }, { code: old, "plugins.loss": "y" }, about)
  expect(pluginChanged(comparison)).toEqual([{ component: "plugins.loss", before: "x", after: "y", root: "arm.train", files: ["orpo.ts"] }])
  expect(codeChanged(comparison)).toEqual([])
})
