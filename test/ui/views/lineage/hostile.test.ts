import { expect, test } from "vitest"
import type { RowOrigin } from "../../../../serve/api.ts"
import { markupOf } from "./markup.tsx"

const hostile = '<img src=x onerror="alert(1)"> \u202egnp.exe javascript:alert(1)'

const origin: RowOrigin = {
  as: hostile,
  artifact: hostile,
  id: `javascript:alert(1)//${hostile}`,
  file: null,
  key: "../../..//evil.example",
  output: hostile,
  row: 3,
  cells: { [hostile]: hostile, prompt: hostile, list: [hostile, { deep: hostile }] },
  policy: { digest: "d", artifact: hostile, id: hostile, file: null, stage: hostile, key: "k", output: hostile, distance: 1, inputs: [] },
  judge: null,
  seed: 1,
  sources: [
    {
      as: "prompt",
      artifact: "prompts",
      id: null,
      file: hostile,
      key: null,
      output: null,
      row: 0,
      cells: { prompt: hostile },
      policy: null,
      judge: null,
      seed: null,
      sources: [],
    },
  ],
}

const markup = markupOf(origin)

test("texts of a row are never elements, and never reverse what follows them", () => {
  expect(markup).not.toContain("<img")
  expect(markup).not.toContain("\u202e")
  expect(markup).toContain("&lt;img")
  expect(markup).toContain("U+202E")
})

test("every link leads to a page of ours, whatever the ids and keys are", () => {
  const links = [...markup.matchAll(/href="([^"]*)"/g)].map(([, address = ""]) => address)
  expect(links.length).toBeGreaterThanOrEqual(4)
  for (const address of links) {
    const { origin: host, pathname } = new URL(address.replaceAll("&amp;", "&"), "http://page")
    expect(host).toBe("http://page")
    expect(pathname).toMatch(/^\/runs\/r\//)
  }
})
