/** Patterns of paths, such as `/runs/:run/stages/:id`. */

/** The parameters of a pattern: `{ run: string; id: string }`. */
export type ParamsOf<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? { readonly [K in Name]: string }
    : unknown

/**
 * The parameters of a path that fits the pattern, else null. The path is as the address has it:
 * segments are decoded after they were separated, so that a parameter may contain a slash.
 */
export const matchPath = (pattern: string, path: string): Readonly<Record<string, string>> | null => {
  const expected = segmentsOf(pattern)
  const found = segmentsOf(path)
  if (expected.length !== found.length) return null
  const params: Record<string, string> = {}
  for (const [index, segment] of expected.entries()) {
    const value = decodeSegment(found[index] ?? "")
    if (segment.startsWith(":")) params[segment.slice(1)] = value
    else if (segment !== value) return null
  }
  return params
}

/** The path of a pattern with its parameters filled in. */
export const fillPath = (pattern: string, params: Readonly<Record<string, string>>): string =>
  `/${segmentsOf(pattern)
    .map((segment) => (segment.startsWith(":") ? encodeURIComponent(params[segment.slice(1)] ?? "") : segment))
    .join("/")}`

const segmentsOf = (path: string): ReadonlyArray<string> => path.split("/").filter((segment) => segment !== "")

/** A segment that somebody typed may not be decodable: it is taken as it is. */
const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
