/** Pages are run as they say; here with commands that take no time. */

import { expect, test } from "vitest"
import { parsePage } from "./page.ts"
import { firstSurprise } from "./run.ts"

const page = (text: string) => parsePage("docs/page.md", `<!-- runnable -->\n\n${text}`)

test("a page that is true is no surprise", async () => {
  const text =
    '```json [a/b.json]\n{"x": 1}\n```\n```sh\ncat a/b.json; echo "took 1.25 s"; npx assay --version\n```\n```text [output]\n{"x":   1}\ntook … s\n```\n'
  expect(await firstSurprise(page(text))).toBeUndefined()
})

test("a line that is not printed, or not in this order, is found at its place", async () => {
  const text = "```sh\necho one; echo two\n```\n```text [output]\ntwo\none\n```\n"
  expect(await firstSurprise(page(text))).toContain('docs/page.md:8: "one" was not printed')
})

test("a command that fails is found, unless the page says so", async () => {
  expect(await firstSurprise(page("```sh\nnpx assay show nothing\n```\n"))).toContain("docs/page.md:4: exit code 2 instead of 0")
  expect(await firstSurprise(page("```sh [exit 2]\nnpx assay show nothing\n```\n"))).toBeUndefined()
})

test("commands in the background go on until the page ends, and what they print is waited for", async () => {
  const background = "```sh background\nsleep 0.5; echo ready; exec sleep 600\n```\n"
  expect(await firstSurprise(page(`${background}\`\`\`text [output]\nready\n\`\`\`\n`))).toBeUndefined()
  const ended = "```sh background\necho not yet\n```\n```text [output]\nready\n```\n"
  expect(await firstSurprise(page(ended))).toContain('"ready" was not printed, but\nnot yet')
})

test("commands that are skipped are not run", async () => {
  expect(await firstSurprise(page("```sh skip\nexit 1\n```\n"))).toBeUndefined()
})
