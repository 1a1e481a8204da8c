import type { Json } from "../../dsl/canonical.ts"

/** Removes secrets from what leaves the process, and from what comes in. */
export interface Redaction {
  readonly text: (text: string) => string
  /** Of an answer, in which only a secret that is long enough not to be there by chance is one. */
  readonly json: (value: Json) => Json
}

const replacement = "[redacted]"

/** Characters from which a secret is not a word that an answer may hold, such as "EMPTY". */
const leastInAnswers = 8

/** For secrets as they are, as JSON and URLs spell them, and for their words, such as a token's. */
export const redaction = (secrets: ReadonlyArray<string>): Redaction => {
  const words = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/).filter((word) => word.length >= leastInAnswers)])
  const spellings = [...new Set(words.flatMap((word) => [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word)]))]
    .filter((spelling) => spelling !== "")
    .sort((a, b) => b.length - a.length)
  const inAnswers = spellings.filter(({ length }) => length >= leastInAnswers)
  return {
    text: (text) => replaceAll(spellings, text),
    json: (value) => (inAnswers.length === 0 ? value : mapTexts(value, (text) => replaceAll(inAnswers, text))),
  }
}

/** Values that a program was given under names that secrets have. */
export const secretsAmong = (variables: ReadonlyArray<string>, environment: NodeJS.ProcessEnv = process.env): ReadonlyArray<string> =>
  variables.filter((name) => /key|token|secret|password|credential/i.test(name)).flatMap((name) => environment[name] ?? [])

const replaceAll = (secrets: ReadonlyArray<string>, text: string): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, replacement), text)

const mapTexts = (value: Json, map: (text: string) => string): Json => {
  if (typeof value === "string") return map(value)
  if (Array.isArray(value)) return value.map((each: Json) => mapTexts(each, map))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [map(key), mapTexts(each, map)]))
}
