import { Console, Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { UsageError } from "../error.ts"
import { formatCsv } from "./csv.ts"
import { dropEmptyColumns } from "./empty-columns.ts"
import { print, screenWidth } from "./screen.ts"
import { formatTable } from "./table.ts"
import { formatWide } from "./wide.ts"

/** How rows are printed. */
export type RowFormat = "table" | "wide" | "csv" | "json"

/** The format that flags ask for. Fails if they ask for several. */
export const rowFormat = (flags: Readonly<Partial<Record<Exclude<RowFormat, "table">, boolean>>>): Effect.Effect<RowFormat, UsageError> => {
  const asked = (["wide", "csv", "json"] as const).filter((format) => flags[format])
  if (asked.length <= 1) return Effect.succeed(asked[0] ?? "table")
  return Effect.fail(
    new UsageError({ message: `${asked.map((format) => `--${format}`).join(" and ")} do not go together: give one of them` }),
  )
}

/** Rows as CSV: for a program as they are, on a terminal so that nothing moves its cursor. */
export const printCsv = (names: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>): Effect.Effect<void> => {
  const text = formatCsv(names, rows)
  return process.stdout.isTTY ? print(text) : Console.log(text)
}

/** Rows for people: as a table that fits the screen, or a block for each. */
export const formatRows = (names: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>, format: "table" | "wide"): string => {
  if (format === "wide") return formatWide(names, rows, screenWidth())
  const shown = dropEmptyColumns({ names, rows })
  return formatTable(shown.names, shown.rows, screenWidth())
}
