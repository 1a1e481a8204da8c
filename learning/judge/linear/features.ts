import { match } from "ts-pattern"
import { hashOf } from "../hash.ts"
import type { FeatureSet } from "./feature-set.ts"

/**
 * Features are hashed into so many places (Weinberger et al. 2009); collisions are few at the sizes
 * of these tasks.
 */
export const places = 2 ** 18

/**
 * Places of a text's features, each of value 1 and each once, however often the text has it:
 * repeating a word gains nothing.
 */
export const featuresOf = (set: FeatureSet, prompt: string, response: string): Int32Array =>
  Int32Array.from(
    new Set(
      match(set)
        .with("bag", () => bag(tokensOf(prompt + response)))
        .with("words", () => words(tokensOf(prompt + response)))
        .with("negation", () => words(markNegated(tokensOf(prompt + response))))
        .with("answer", () => [...bag(tokensOf(response)), ...fitness(tokensOf(prompt), tokensOf(response))])
        .exhaustive(),
    ),
    placeOf,
  )

/** Words in small letters, numbers, and signs one by one. */
export const tokensOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[a-z]+(?:'[a-z]+)?|\d+|[^\s\w]/g) ?? []

/** Words, and pairs of neighbours with the ends of the text among them. */
const bag = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const neighbours = Array.from({ length: tokens.length + 1 }, (_, index) => `${tokens[index - 1] ?? "<"} ${tokens[index] ?? ">"}`)
  return [...words(tokens), ...neighbours.map((pair) => `2 ${pair}`)]
}

const words = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => tokens.map((token) => `1 ${token}`)

/** Tokens that a negation reaches, behind it. */
const negationReach = 3

const negations = new Set(["no", "not", "never", "none", "nothing", "neither", "nor", "without", "cannot"])
const isNegation = (token: string): boolean => negations.has(token) || token.endsWith("n't")

/**
 * "not good" tells of another thing than "good": what stands close behind a negation is a word of
 * its own (Das and Chen 2001; Pang, Lee and Vaithyanathan 2002, section 4). English alone.
 */
const markNegated = (tokens: ReadonlyArray<string>): ReadonlyArray<string> =>
  tokens.map((token, index) => (tokens.slice(Math.max(0, index - negationReach), index).some(isNegation) ? `not ${token}` : token))

/** How an answer fits what was asked: words of the two together, and how much is copied. */
const fitness = (asked: ReadonlyArray<string>, answer: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [from, to] = [new Set(asked.filter(isContent)), new Set(answer.filter(isContent))]
  const shared = [...to].filter((word) => from.has(word))
  const stems = new Set(Array.from(from, stem))
  const akin = [...to].filter((word) => stems.has(stem(word)))
  const crossed = Array.from(from).flatMap((word) => Array.from(to, (other) => `x ${stem(word)} ${stem(other)}`))
  // The last word asked is its part of speech where a word is to be defined.
  const kind = asked.filter((token) => /^[a-z]/.test(token)).at(-1) ?? ""
  return [
    ...crossed,
    `shared ${Math.min(shared.length, 6)}`,
    `share of shared ${Math.round((4 * shared.length) / Math.max(to.size, 1))}`,
    `akin ${Math.min(akin.length, 6)}`,
    `copied in a row ${Math.min(longestCopy(asked, answer), 8)}`,
    `begins ${kind} ${answer[0] ?? ""}`,
    `length ${Math.min(answer.length, 24)}`,
  ]
}

const isContent = (word: string): boolean => word.length > 3 && /^[a-z]/.test(word)

/** A word without its inflection, roughly. */
const stem = (word: string): string => word.slice(0, 5)

/** Most words in a row that are in both texts. */
const longestCopy = (asked: ReadonlyArray<string>, answer: ReadonlyArray<string>): number => {
  let longest = 0
  let above = new Int32Array(answer.length + 1)
  for (const word of asked) {
    const row = new Int32Array(answer.length + 1)
    for (let index = 0; index < answer.length; index++) {
      if (answer[index] !== word) continue
      row[index + 1] = (above[index] as number) + 1
      longest = Math.max(longest, row[index + 1] as number)
    }
    above = row
  }
  return longest
}

const placeOf = (feature: string): number => hashOf(feature) & (places - 1)
