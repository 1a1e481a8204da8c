import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { bundleClient } from "../../ui/bundle.mjs"

const root = join(import.meta.dirname, "../..")
const { outputs, inputs } = await bundleClient(root)
const textOf = (name: string): string => Buffer.from(outputs.find((output) => output.name === name)?.contents ?? "").toString()
const compressed = (name: string): number => gzipSync(textOf(name)).length
const page = textOf("index.html")

/** A script with all that it imports before it runs. */
const withImports = (name: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const [, imported = ""] of textOf(name).matchAll(/(?:from|import)"\.\/([^"]+)"/g)) withImports(imported, seen)
  return seen
}
const entry = /src="\/(main-[^"]+)"/.exec(page)?.[1] ?? ""

test("the page is at most 600 kB compressed, all chunks together", () => {
  const total = outputs.reduce((sum, { name }) => sum + (name === "report.html" ? 0 : compressed(name)), 0)
  expect(total).toBeLessThanOrEqual(600_000)
  // A bundle of nothing would be small as well.
  expect(total).toBeGreaterThan(50_000)
})

test("the page of reports is one file, at most 360 kB compressed, that may load nothing", () => {
  expect(compressed("report.html")).toBeLessThanOrEqual(360_000)
  const report = textOf("report.html")
  expect(report).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^' ]+';/)
  expect(report).not.toMatch(/<script[^>]*\ssrc=|<link/)
  expect(report.split("{{report}}")).toHaveLength(2)
})

test("the first paint loads at most 120 kB, without figures and without the layout of graphs", () => {
  const first = [...withImports(entry)]
  expect(first.reduce((sum, name) => sum + compressed(name), 0)).toBeLessThanOrEqual(120_000)
  expect(first.filter((name) => /vega|layout|graph/.test(name))).toEqual([])
})

test("every file that the page names is there, under a name with a hash", () => {
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, name = ""]) => name)
  expect(named).toHaveLength(3)
  for (const name of named) {
    expect(name).toMatch(/-[A-Z0-9]{8}\.(js|css)$/)
    expect(outputs.map((output) => output.name)).toContain(name)
  }
})

test("the page holds no script and no style of its own, which its policy would refuse", () => {
  expect(page).not.toMatch(/<script(?![^>]*src=)|<style|style="|\son\w+=/)
})

test("no source of ours makes HTML of a text", () => {
  const ours = inputs.filter((file) => file.startsWith("ui/"))
  expect(ours.length).toBeGreaterThan(40)
  const found = ours.filter((file) =>
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write/i.test(readFileSync(join(root, file), "utf8")),
  )
  expect(found).toEqual([])
})
