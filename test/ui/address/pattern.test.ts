import { expect, test } from "vitest"
import { patterns, stagePage } from "../../../ui/address/pages.ts"
import { fillPath, matchPath } from "../../../ui/address/pattern.ts"

test.each(["tldr.small.world 90.reference", "a/b", "100%", "%2F", "beta=0.1,seed=1?", "..", "é#"])(
  "a stage called %s has an address of its own",
  (id) => {
    const page = stagePage("2026-11-29T16-54-39.556Z.r1", id)
    // As the browser would read it back.
    const { pathname } = new URL(page, "http://127.0.0.1")
    if (id === "..") return
    expect(matchPath(patterns.stage, pathname)).toEqual({ run: "2026-11-29T16-54-39.556Z.r1", id })
  },
)

test("a path fits only the pattern that has as many parts", () => {
  expect(matchPath("/runs/:run", "/runs/one")).toEqual({ run: "one" })
  expect(matchPath("/runs/:run", "/runs/one/graph")).toBeNull()
  expect(matchPath("/runs/:run/graph", "/runs/one/stages")).toBeNull()
  expect(matchPath("/", "/")).toEqual({})
})

test("an address that cannot be decoded is taken as it is", () => {
  expect(matchPath("/runs/:run", "/runs/%E0%A4%A")).toEqual({ run: "%E0%A4%A" })
})

test("a pattern is filled with encoded parameters", () => {
  expect(fillPath("/runs/:run/stages/:id", { run: "r", id: "a/b c" })).toBe("/runs/r/stages/a%2Fb%20c")
})
