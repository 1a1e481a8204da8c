import type { Json } from "../../dsl/canonical.ts"
import { cutEnd, shortenApart } from "../../runtime/observe/apart.ts"
import { onOneLine } from "../../runtime/observe/printable.ts"
import { formatCell } from "./cell.ts"
import { numberFormatter } from "./number.ts"

interface TextColumn {
  /** Several lines if the name is wider than the cells. */
  readonly heading: ReadonlyArray<string>
  readonly cells: ReadonlyArray<string>
  /** Numbers are right-aligned and never cut. */
  readonly numeric: boolean
  readonly width: number
}

const gap = "  "
const narrowestText = 12

/**
 * A table as text, at most `width` characters wide if possible. To make it fit, names are first
 * broken at underscores; then text is cut (marked …), first where it is the same in all rows, then
 * at its end; then columns continue in further blocks below, each led by the columns that
 * distinguish the rows.
 */
export const formatTable = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>, width: number): string => {
  const whole = columns.map((name, index) =>
    textColumn(
      name,
      rows.map((row) => row[index] ?? null),
    ),
  )
  const fitted = [whole, whole.map(breakHeading)].find((each) => total(each) <= width) ?? cutText(whole.map(breakHeading), width)
  return blocks(fitted, width).map(block).join("\n\n")
}

const textColumn = (name: string, values: ReadonlyArray<Json>): TextColumn => {
  const numbers = values.filter((value) => typeof value === "number")
  const numeric = numbers.length > 0 && values.every((value) => typeof value === "number" || value === null || isSpecialNumber(value))
  const format = numberFormatter(numbers)
  return sized({
    heading: [onOneLine(name)],
    cells: values.map((value) => (typeof value === "number" ? format(value) : formatCell(value))),
    numeric,
  })
}

/** How JSON holds numbers that it has no literal for. */
const isSpecialNumber = (value: Json): boolean => value === "NaN" || value === "Infinity" || value === "-Infinity"

const sized = (column: Omit<TextColumn, "width">): TextColumn => ({
  ...column,
  width: longestLength([...column.heading, ...column.cells]),
})

const total = (columns: ReadonlyArray<TextColumn>): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + gap.length * Math.max(0, columns.length - 1)

/** Breaks `win_rate` into `win` and `rate` above narrow cells. */
const breakHeading = (column: TextColumn): TextColumn => {
  const words = column.heading.join("_").split("_").filter(Boolean)
  const room = longestLength([...column.cells, ...words])
  const lines: Array<string> = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && length(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return sized({ ...column, heading: lines })
}

/** Narrows the widest text columns evenly, until the table fits or all are at their narrowest. */
const cutText = (columns: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<TextColumn> => {
  const widths = columns.map((column) => column.width)
  let excess = total(columns) - width
  while (excess > 0) {
    const candidates = columns.flatMap(({ numeric }, index) => (!numeric && (widths[index] as number) > narrowestText ? [index] : []))
    const widest = candidates.reduce<number | undefined>(
      (best, index) => (best === undefined || (widths[index] as number) > (widths[best] as number) ? index : best),
      undefined,
    )
    if (widest === undefined) break
    widths[widest] = (widths[widest] as number) - 1
    excess -= 1
  }
  return columns.map((column, index) => {
    const room = widths[index] as number
    if (room === column.width) return column
    // Cutting at the end of a part may leave out more than necessary: the column is then narrower
    // than its room.
    const heading = column.heading.map((line) => cutEnd(line, room))
    return sized({ ...column, heading, cells: shortenApart(column.cells, room) })
  })
}

/**
 * Groups of columns that fit; all but the first group begin with the columns that distinguish the
 * rows.
 */
const blocks = (columns: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<ReadonlyArray<TextColumn>> => {
  const keys = keysOf(columns, width)
  const groups: Array<Array<TextColumn>> = [[]]
  for (const column of columns) {
    const group = groups.at(-1) as Array<TextColumn>
    if (group.length === 0 || total([...group, column]) <= width) group.push(column)
    else if (keys.includes(column)) groups.push([...keys])
    else groups.push([...keys, column])
  }
  return groups
}

/**
 * The fewest columns from the left in which no two rows are equal, without columns that are the
 * same in every row. Only the first of them if together they would take more than half of the
 * width.
 */
const keysOf = (columns: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<TextColumn> => {
  const distinguishing = columns.filter(({ cells }) => new Set(cells).size > 1)
  const rows = (columns[0]?.cells ?? []).map((_, row) => row)
  for (let count = 1; count <= distinguishing.length; count += 1) {
    const keys = distinguishing.slice(0, count)
    if (count > 1 && total(keys) > width / 2) break
    if (new Set(rows.map((row) => JSON.stringify(keys.map(({ cells }) => cells[row])))).size === rows.length) return keys
  }
  return (distinguishing.length > 0 ? distinguishing : columns).slice(0, 1)
}

const block = (columns: ReadonlyArray<TextColumn>): string => {
  const height = Math.max(...columns.map(({ heading }) => heading.length))
  const head = Array.from({ length: height }, (_, line) =>
    columns.map((column) => pad(column.heading[line - height + column.heading.length] ?? "", column)),
  )
  const rule = columns.map(({ width }) => "─".repeat(width))
  const body = (columns[0]?.cells ?? []).map((_, row) => columns.map((column) => pad(column.cells[row] as string, column)))
  return [...head, rule, ...body].map((cells) => cells.join(gap).trimEnd()).join("\n")
}

const pad = (text: string, { width, numeric }: TextColumn): string => {
  const space = " ".repeat(Math.max(0, width - length(text)))
  return numeric ? space + text : text + space
}

const longestLength = (lines: ReadonlyArray<string>): number => lines.reduce((most, line) => Math.max(most, length(line)), 1)

const length = (text: string): number => [...text].length
