/** The table of contents is read from the folders. */

import { readdirSync } from "node:fs"
import { resolve } from "node:path"
import { expect, test } from "vitest"
import { sidebar } from "../../docs/.vitepress/sidebar.ts"
import { root } from "./page.ts"

test("every page of the reference is in the table of contents, by its title, stages first", () => {
  const reference = sidebar().find(({ text }) => text === "Reference")
  const files = readdirSync(resolve(root, "docs/reference")).map((file) => `/reference/${file.replace(/\.md$/, "")}`)
  expect(reference?.items?.map(({ link }) => link).sort()).toEqual(files.sort())
  expect(reference?.items?.[0]).toEqual({ text: "Standard stages", link: "/reference/stages" })
})
