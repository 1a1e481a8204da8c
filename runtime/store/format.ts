/**
 * What outlives programs in a store: files of a newer format are neither damaged nor rubbish. What
 * this version relies on in files of every format: results are sealed as ours are, digests are
 * written as 64 hexadecimal digits, and what says that a process lives is written to every few
 * seconds.
 */

/**
 * The format of results and of records (runs, failures) that this version writes and understands.
 */
export const resultFormat = 1
export const recordFormat = 1

const digest = /^[0-9a-f]{64}$/

/** Whether a text is a digest or a key. They name files: what is neither leads to no file. */
export const isDigest = (text: string): boolean => digest.test(text)

/** Every digest that is written in a text, whatever its form: what it may refer to. */
export const digestsIn = (text: string): ReadonlyArray<string> => text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? []

/** The format that a text of JSON says it has; null if it says none, or is not JSON. */
export const formatOf = (text: string): string | null => {
  try {
    const { format } = JSON.parse(text) as { readonly format?: unknown }
    return typeof format === "number" || typeof format === "string" ? String(format) : null
  } catch {
    return null
  }
}

/** "a newer Assay (format 2)" */
export const writerOf = (format: string, own: number): string =>
  `${Number(format) > own ? "a newer" : "another"} Assay (format ${format}; this one reads ${own})`
