import { expect, test } from "vitest"
import { excerptPair } from "../../../../ui/elements/change/excerpt.ts"

test("digests are shortened, and short values are left as they are", () => {
  expect(excerptPair("a".repeat(64), "b".repeat(64))).toEqual({ before: "aaaaaaaa", after: "bbbbbbbb" })
  expect(excerptPair(0.1, 0.5)).toBeNull()
  expect(excerptPair("dpo", "ipo")).toBeNull()
})

test("of long texts the part around the first difference is shown", () => {
  const same = "x".repeat(200)
  const pair = excerptPair(`${same}before`, `${same}after ${same}`)
  expect(pair?.before).toBe(`…${"x".repeat(15)}before`)
  expect(pair?.after).toContain("after")
  expect(pair?.after.endsWith("…")).toBe(true)
})
