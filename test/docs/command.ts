/** Calls of `assay` in the shell blocks of pages, held against the command's grammar. */

import { helpOf, verbNames } from "../../docs/generate/cli.ts"
import type { Page } from "./page.ts"

/** Verbs and flags that do not exist, at their places. */
export const wrongCalls = async (pages: ReadonlyArray<Page>): Promise<ReadonlyArray<string>> => {
  const verbs = new Set(await verbNames())
  const known = new Map(await Promise.all([...verbs].map(async (verb) => [verb, await flagsOf(verb)] as const)))
  return pages.flatMap((page) =>
    callsOf(page).flatMap(({ verb, flags, line }) => {
      if (verb.startsWith("-")) return []
      const taken = known.get(verb)
      if (taken === undefined) return [`${page.path}:${line}: there is no verb ${verb}; the verbs are ${[...verbs].join(", ")}`]
      const foreign = flags.filter((flag) => !taken.has(flag))
      return foreign.map((flag) => `${page.path}:${line}: assay ${verb} has no flag ${flag}; it has ${[...taken].join(", ")}`)
    }),
  )
}

const flagsOf = async (verb: string): Promise<ReadonlySet<string>> => {
  const { flags } = await helpOf(verb)
  return new Set([
    "--help",
    ...flags.flatMap(({ name, aliases }) => [`--${name}`, ...aliases.map((alias) => (alias.startsWith("-") ? alias : `-${alias}`))]),
  ])
}

interface Call {
  readonly verb: string
  readonly flags: ReadonlyArray<string>
  readonly line: number
}

/** `npx assay <verb> …` on lines of their own, without what is quoted or a comment. */
const callsOf = ({ blocks }: Page): ReadonlyArray<Call> =>
  blocks
    .filter(({ language, flags }) => ["sh", "bash", "console"].includes(language) && flags !== "skip")
    .flatMap((block) =>
      block.text.split("\n").flatMap((text, index) => {
        const words = text
          .replace(/"[^"]*"|'[^']*'/g, "TEXT")
          .replace(/(^|\s)#.*$/, "")
          .trim()
          .split(/\s+/)
        const start = words.findIndex((word, at) => word === "assay" && (at === 0 || words[at - 1] === "npx"))
        const verb = words[start + 1]
        if (start === -1 || verb === undefined) return []
        const flags = words.slice(start + 2).filter((word) => /^-[-a-z]/.test(word))
        return [{ verb, flags: flags.map((flag) => flag.replace(/=.*$/, "")), line: block.line + index }]
      }),
    )
