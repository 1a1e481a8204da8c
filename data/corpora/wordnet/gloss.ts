/** A WordNet gloss taken apart: what defines the words, and the sentences that show them in use. */
export interface Gloss {
  readonly definition: string
  readonly examples: ReadonlyArray<string>
}

/**
 * Quoted text, and nothing after it but who said it or a remark: `"we are such stuff"-
 * Shakespeare`, `"standard English" (American)`.
 */
const exampleSegment = /^(?:"[^"]*"\s*)+(?:-.*|\(.*\)|[A-Z]\S*)?$/

/**
 * Takes a gloss apart. Its segments end at semicolons; those that are quotations are examples, the
 * others define, and keep what they quote. Opening quotation marks of the kind `thus' become
 * apostrophes, runs of spaces one space, and the dots of an omitted beginning go.
 */
export const parseGloss = (gloss: string): Gloss => {
  // A colon before a quotation that ends the segment introduces an example as well.
  const parted = gloss.replaceAll(/:\s*("[^"]*")\s*(?=;|$)/g, "; $1")
  const segments = (parted.match(/(?:"[^"]*"|[^;"])+/g) ?? []).map((segment) => segment.trim()).filter((segment) => segment !== "")
  const examples = segments.filter((segment) => exampleSegment.test(segment))
  const definition = segments.filter((segment) => !exampleSegment.test(segment)).join("; ")
  return {
    definition: clean(definition),
    examples: examples.flatMap((segment) => Array.from(segment.matchAll(/"([^"]*)"/g), (match) => clean(match[1] ?? ""))),
  }
}

const clean = (text: string): string =>
  text
    .replaceAll("`", "'")
    .replace(/^[.\s]+/, "")
    .replaceAll(/\s+/g, " ")
    .trim()

/** Words as they are counted here: what stands between spaces. */
export const words = (text: string): ReadonlyArray<string> => text.split(" ")
