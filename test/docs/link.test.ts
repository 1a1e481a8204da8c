/** Links between pages lead somewhere. */

import { expect, test } from "vitest"
import { deadLinks } from "./link.ts"
import { allPages, parsePage } from "./page.ts"

test("no link is dead", () => {
  expect(deadLinks(allPages())).toEqual([])
})

test("a link to a missing page, heading or file is found at its line", () => {
  const links = "[a](./gone.md)\n[b](./index.md#gone)\n![c](./gone.svg)\n[d](#here)\n`[e](./code.md)`\n\n# Here\n"
  const found = deadLinks([parsePage("docs/page-that-is-tested.md", links.replace("[d](#here)\n", ""))])
  expect(found.map((each) => each.split(": ")[0])).toEqual([1, 2, 3].map((line) => `docs/page-that-is-tested.md:${line}`))
})

test("a page of the site does not link to what the site does not have", () => {
  expect(deadLinks([parsePage("docs/page-that-is-tested.md", "[readme](../README.md)\n")]).join()).toContain("the site has no such page")
})
