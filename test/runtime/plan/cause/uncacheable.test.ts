import { expect, test } from "vitest"
import { notCacheable } from "../../../../runtime/plan/cause/uncacheable.ts"
import { stage } from "./comparison.ts"

test("a stage that cannot be cached runs for each reason, and one that can for none", () => {
  expect(notCacheable({ stage, uncacheable: ["it reads process.env", "it calls Math.random"] })).toEqual([
    { component: "not cacheable", before: null, after: "it reads process.env", root: "arm.train" },
    { component: "not cacheable", before: null, after: "it calls Math.random", root: "arm.train" },
  ])
  expect(notCacheable({ stage, uncacheable: [] })).toEqual([])
})
