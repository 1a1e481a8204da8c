import { FilterError } from "../error.ts"

/**
 * A piece of a filter's text: a word as it stands, a text in quotes, an operator, or a sign; "end"
 * at its end. `position` counts characters from 0.
 */
export interface Token {
  readonly kind: "word" | "quoted" | "operator" | "sign" | "end"
  readonly text: string
  readonly position: number
}

const space = /\s+/y
const operator = /[<>=!]+/y
const sign = /[(),]/y
/** Quotes may stand inside of a word, as in `don't`. */
const word = /[^\s<>=!(),"'][^\s<>=!(),]*/y
/** A quote inside of quotes is doubled. */
const quoted = /"(?:[^"]|"")*"|'(?:[^']|'')*'/y

/** Takes a text apart. Fails with a FilterError where quotes are not closed. */
export const tokensOf = (text: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let position = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position
    return pattern.exec(text)?.[0]
  }
  while (position < text.length) {
    const blank = take(space)
    if (blank !== undefined) {
      position += blank.length
      continue
    }
    const token = next(take, position)
    if (token === undefined)
      throw new FilterError(position, `the quotes that begin here are not closed: add ${text[position]} at their end`)
    tokens.push(token.token)
    position += token.length
  }
  return [...tokens, { kind: "end", text: "", position }]
}

const next = (
  take: (pattern: RegExp) => string | undefined,
  position: number,
): { readonly token: Token; readonly length: number } | undefined => {
  for (const [kind, pattern] of [
    ["operator", operator],
    ["sign", sign],
    ["word", word],
    ["quoted", quoted],
  ] as const) {
    const text = take(pattern)
    if (text === undefined) continue
    const content = kind === "quoted" ? text.slice(1, -1).replaceAll(text.slice(0, 1).repeat(2), text.slice(0, 1)) : text
    return { token: { kind, text: content, position }, length: text.length }
  }
  return undefined
}

/** Whether a text is one word, and would be read as such. */
export const isWord = (text: string): boolean => {
  word.lastIndex = 0
  return word.exec(text)?.[0] === text
}
