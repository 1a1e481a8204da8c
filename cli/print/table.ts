import type { Json } from "../../dsl/canonical.ts"
import { cutEnd, shortenApart } from "../../runtime/observe/apart.ts"
import { onOneLine } from "../../runtime/observe/printable.ts"
import { cellText } from "./cell.ts"
import { numberFormat } from "./number.ts"

interface TextColumn {
  /** One line, or several if the name is too long for what stands under it. */
  readonly heading: ReadonlyArray<string>
  readonly cells: ReadonlyArray<string>
  /** Numbers stand at the right; they are never cut. */
  readonly numeric: boolean
  readonly width: number
}

const gap = "  "
const narrowestText = 12

/**
 * A table as text, `width` characters wide at most where that is possible. What does not fit is tried in this order: names
 * are broken at underscores, text is cut (marked …) where it is the same in all rows and then at its end, and columns go on below, as many times as it takes, those repeated that tell the rows apart.
 */
export const tableText = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>, width: number): string => {
  const whole = columns.map((name, index) =>
    textColumn(
      name,
      rows.map((row) => row[index] ?? null),
    ),
  )
  const fitted = [whole, whole.map(brokenHeading)].find((each) => total(each) <= width) ?? cutText(whole.map(brokenHeading), width)
  return blocks(fitted, width).map(block).join("\n\n")
}

const textColumn = (name: string, values: ReadonlyArray<Json>): TextColumn => {
  const numbers = values.filter((value) => typeof value === "number")
  const numeric = numbers.length > 0 && values.every((value) => typeof value === "number" || value === null || isNoNumber(value))
  const format = numberFormat(numbers)
  return sized({
    heading: [onOneLine(name)],
    cells: values.map((value) => (typeof value === "number" ? format(value) : cellText(value))),
    numeric,
  })
}

/** What stands in for a number that JSON cannot hold. */
const isNoNumber = (value: Json): boolean => value === "NaN" || value === "Infinity" || value === "-Infinity"

const sized = (column: Omit<TextColumn, "width">): TextColumn => ({
  ...column,
  width: longest([...column.heading, ...column.cells]),
})

const total = (columns: ReadonlyArray<TextColumn>): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + gap.length * Math.max(0, columns.length - 1)

/** `win_rate` over cells five wide becomes `win` over `rate`. */
const brokenHeading = (column: TextColumn): TextColumn => {
  const words = column.heading.join("_").split("_").filter(Boolean)
  const room = longest([...column.cells, ...words])
  const lines: Array<string> = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && length(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return sized({ ...column, heading: lines })
}

/** Takes from the widest text columns, evenly, until all fits or none can give. */
const cutText = (columns: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<TextColumn> => {
  const widths = columns.map((column) => column.width)
  let excess = total(columns) - width
  while (excess > 0) {
    const givers = columns.flatMap(({ numeric }, index) => (!numeric && (widths[index] as number) > narrowestText ? [index] : []))
    const widest = givers.reduce<number | undefined>(
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
    // What is left out may be more than had to be: the column is then as narrow as what is left.
    const heading = column.heading.map((line) => cutEnd(line, room))
    return sized({ ...column, heading, cells: shortenApart(column.cells, room) })
  })
}

/** The columns in groups that each fit, all but the first group led by the columns that tell the rows apart. */
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
 * The fewest columns, taken from the left, in which no two rows are equal; those that are the same in every row tell nothing. The first of
 * them alone where all would take over half of the width.
 */
const keysOf = (columns: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<TextColumn> => {
  const telling = columns.filter(({ cells }) => new Set(cells).size > 1)
  const rows = (columns[0]?.cells ?? []).map((_, row) => row)
  for (let count = 1; count <= telling.length; count += 1) {
    const keys = telling.slice(0, count)
    if (count > 1 && total(keys) > width / 2) break
    if (new Set(rows.map((row) => JSON.stringify(keys.map(({ cells }) => cells[row])))).size === rows.length) return keys
  }
  return (telling.length > 0 ? telling : columns).slice(0, 1)
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

const longest = (lines: ReadonlyArray<string>): number => lines.reduce((most, line) => Math.max(most, length(line)), 1)

const length = (text: string): number => [...text].length
