import type { StoredOutput, TableFormat, TrlForm } from "../../runtime/index.ts"
import { isDrawing } from "./png.ts"

/** What `assay export --format` takes. */
export type Format = "files" | "parquet" | TableFormat | "datasets" | TrlForm | "tensorboard" | "png"

/** Which outputs a format takes, and what to call them. */
interface Takes {
  readonly what: string
  readonly takes: (stored: StoredOutput) => boolean
}

const tables: Takes = { what: "table", takes: ({ kind }) => kind === "table" }
const preferences: Takes = { what: "preferences", takes: ({ artifact }) => artifact === "preferences" }

const taken: Readonly<Record<Format, Takes>> = {
  files: { what: "output", takes: () => true },
  parquet: tables,
  csv: tables,
  jsonl: tables,
  datasets: tables,
  trl: preferences,
  "trl-implicit": preferences,
  "trl-conversational": preferences,
  kto: preferences,
  tensorboard: { what: "metrics", takes: ({ artifact }) => artifact === "metrics" },
  png: { what: "figure", takes: ({ files }) => files.some(({ name }) => isDrawing(name)) },
}

/** Whether an output can be exported in a format. */
export const isTaken = (format: Format, stored: StoredOutput): boolean => taken[format].takes(stored)

/** What a format takes, in words that complete "has no …". */
export const whatIsTaken = (format: Format): string =>
  isTrlForm(format) ? "preferences to export for TRL" : `${taken[format].what} to export as ${format}`

export const isTrlForm = (format: Format): format is TrlForm => taken[format] === preferences

/** The formats beside one that would take some of these outputs, in words; what to do if none. */
export const whatWouldWork = (outputs: ReadonlyArray<StoredOutput>): string => {
  const formats = (Object.keys(taken) as ReadonlyArray<Format>).filter(
    (format) => format !== "files" && outputs.some((stored) => isTaken(format, stored)),
  )
  return formats.length === 0 ? "export them without --format" : `--format can be ${formats.join(", ")}`
}
