/**
 * Pages of documentation as their examples see them: fenced blocks in order, and what is said about
 * them.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

export const root = resolve(import.meta.dirname, "../..")

/**
 * A fenced block.
 * "```ts [pipeline.ts] fails" has the language `ts`, the name `pipeline.ts` and the flag `fails`.
 */
export interface Block {
  readonly language: string
  readonly name: string | undefined
  readonly flags: string
  readonly text: string
  /** Lines that a reader does not see, in front of the text. */
  readonly given: string
  /** The line of the text's beginning on its page, from 1. */
  readonly line: number
}

export interface Page {
  /** From the root of the clone. */
  readonly path: string
  readonly text: string
  readonly blocks: ReadonlyArray<Block>
  /** Whether its commands are run. */
  readonly isRunnable: boolean
  /** Whether they are run where a database and a store of its own kind are started for them. */
  readonly needsServices: boolean
}

/**
 * Every page that somebody writes: those at the root and those of the site, but not the generated
 * ones.
 */
export const writtenPages = (): ReadonlyArray<Page> => allPages().filter(({ path }) => !path.startsWith("docs/reference/"))

export const allPages = (): ReadonlyArray<Page> => {
  const atRoot = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].filter((path) => existsSync(resolve(root, path)))
  const inDocs = readdirSync(resolve(root, "docs"), { recursive: true, encoding: "utf8" })
  const paths = [...atRoot, ...inDocs.filter((path) => path.endsWith(".md") && !path.startsWith(".")).map((path) => `docs/${path}`)]
  return paths.sort().map((path) => parsePage(path, readFileSync(resolve(root, path), "utf8")))
}

const blockPattern = /(?:<!-- given\n([\s\S]*?)-->\s*\n)?^( *)```(\w+)(?: +([^\n]*))?\n([\s\S]*?)^\2```$/gm

export const parsePage = (path: string, text: string): Page => ({
  path,
  text,
  isRunnable: /^<!-- runnable -->$/m.test(text),
  needsServices: /^<!-- runnable with services -->$/m.test(text),
  blocks: [...text.matchAll(blockPattern)].map((match) => {
    const [whole, given = "", indent = "", language = "", information = "", body = ""] = match
    const fence = match.index + whole.indexOf(`${indent}\`\`\`${language}`)
    const own = body.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    const name = /\[([^\]]+)\]/.exec(information)?.[1] ?? /^\/\/ (\S+\.ts)\n/.exec(own)?.[1]
    return {
      language,
      name,
      flags: information.replace(/\[[^\]]*\]/, "").trim(),
      text: own,
      given,
      line: text.slice(0, fence).split("\n").length + 1,
    }
  }),
})
