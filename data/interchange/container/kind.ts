import { DataFileError } from "../../error.ts"
import { isObject, spell } from "../record.ts"
import { arrowKind } from "./arrow.ts"
import { dataOf, isUnfinished } from "./json-document.ts"

/** The containers that are not text, which their first bytes tell apart. */
export type BinaryKind = "parquet" | "arrow file" | "arrow stream" | "gzip"

/** The containers that are text; of CSV with what divides its cells. */
export type TextKind =
  | { readonly kind: "json lines" | "json list" | "json objects" | "plain text" | "nothing" }
  | { readonly kind: "csv"; readonly delimiter: string }

/** First bytes that tell a file's kind. */
export const headBytes = 16

const ascii = (text: string): ReadonlyArray<number> => [...text].map((character) => character.charCodeAt(0))

/** Kinds that cannot be read, by their first bytes, and what to do. */
const unread: ReadonlyArray<readonly [ReadonlyArray<number>, string]> = [
  [[0x28, 0xb5, 0x2f, 0xfd], "is compressed by zstd. Decompress it (`zstd -d`), or compress it by gzip"],
  [ascii("BZh"), "is compressed by bzip2. Decompress it, or compress it by gzip"],
  [[0xfd, ...ascii("7zXZ")], "is compressed by xz. Decompress it, or compress it by gzip"],
  [ascii("PK\x03\x04"), "is a zip archive (or a spreadsheet, which is one). Take the file out of it, or save it as CSV"],
  [ascii("FEA1"), "is Feather of the first version. Write it as Parquet, or as Feather of the second without compression"],
  [ascii("ORC"), "is ORC. Write it as Parquet"],
  [ascii("SQLite format"), "is an SQLite database. Write its table as Parquet or CSV"],
  [ascii("version https://"), "is a pointer of Git LFS, not the file that it stands for. Run `git lfs pull`"],
  [[0xff, 0xfe], "is UTF-16. Save it as UTF-8"],
  [[0xfe, 0xff], "is UTF-16. Save it as UTF-8"],
]

const startsWith = (bytes: Uint8Array, start: ReadonlyArray<number>): boolean => start.every((byte, index) => bytes[index] === byte)

/**
 * Which container the first bytes of a file are of; undefined if it is text. Fails with a
 * DataFileError that names it if it is one that cannot be read.
 */
export const binaryKind = (file: string, head: Uint8Array): BinaryKind | undefined => {
  if (startsWith(head, ascii("PAR1"))) return "parquet"
  if (startsWith(head, [0x1f, 0x8b])) return "gzip"
  const arrow = arrowKind(head)
  if (arrow !== undefined) return `arrow ${arrow}`
  for (const [start, reason] of unread) if (startsWith(head, start)) throw new DataFileError(file, reason)
  return undefined
}

/**
 * Which container a text is of, by its first lines, and by the extension where these do not tell.
 * `first` is the first line that is not blank, whole, and `goesOn` whether another follows.
 */
export const textKind = (file: string, first: string, goesOn: boolean): TextKind => {
  const start = first.trim()
  if (start === "") return { kind: "nothing" }
  const value = parsedObject(start)
  if (value !== undefined) return { kind: goesOn || dataOf(value) === undefined ? "json lines" : "json objects" }
  const extension = extensionOf(file)
  if (extension === "csv" || extension === "tsv") return { kind: "csv", delimiter: extension === "tsv" ? "\t" : delimiterOf(start) }
  if (extension === "txt" || extension === "text") return { kind: "plain text" }
  if (start.startsWith("[")) return { kind: "json list" }
  if (start.startsWith("{")) return { kind: goesOn && isUnfinished(start) ? "json objects" : "json lines" }
  if (extension === "json" || extension === "jsonl" || extension === "ndjson") return { kind: "json lines" }
  throw new DataFileError(
    file,
    `begins with ${spell(start)}, which is neither JSON, Parquet nor Arrow. If it is CSV or plain text, let its name end in .csv, .tsv or .txt`,
  )
}

const parsedObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  if (!(text.startsWith("{") && text.endsWith("}"))) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** In lower case, without a `.gz` behind it. */
const extensionOf = (file: string): string | undefined => /\.([^./\\]+)$/.exec(file.toLowerCase().replace(/\.gz$/, ""))?.[1]

/** Spreadsheets of many countries divide cells by a semicolon. */
const delimiterOf = (header: string): string => {
  const unquoted = header.replaceAll(/"[^"]*"/g, "")
  return [",", ";", "\t"].find((delimiter) => unquoted.includes(delimiter)) ?? ","
}
