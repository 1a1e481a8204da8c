/** Where in a filter the server found an error. */

export interface Excerpt {
  readonly before: string
  /** Empty where something is missing at the end. */
  readonly at: string
  readonly after: string
}

const around = 24

/** The text around the character that a message such as "character 7: expected …" names. */
export const excerptOf = (filter: string, message: string): Excerpt | null => {
  const found = /^character (\d+): /.exec(message)
  if (found === null) return null
  const index = Math.min(filter.length, Number(found[1]) - 1)
  const token = /^(?:[\w.-]+|.)/su.exec(filter.slice(index))?.[0] ?? ""
  const end = index + token.length
  return {
    before: `${index > around ? "…" : ""}${filter.slice(Math.max(0, index - around), index)}`,
    at: token,
    after: `${filter.slice(end, end + around)}${filter.length > end + around ? "…" : ""}`,
  }
}
