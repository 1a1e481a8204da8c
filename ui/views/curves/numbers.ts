/** The lines as a table: a row for every x that some line has a point at. */

import type { NumberColumn } from "../../chart/number-table.tsx"
import type { DrawnLine } from "./drawn.ts"

export const gridOf = (lines: ReadonlyArray<DrawnLine>): ReadonlyArray<number> =>
  [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b)

/** A column for x, and for each line its values, and the ends of its band. */
export const columnsOf = (lines: ReadonlyArray<DrawnLine>, grid: ReadonlyArray<number>, xName: string): ReadonlyArray<NumberColumn> => [
  { key: "x", name: xName, at: (row) => grid[row] ?? null },
  ...lines.flatMap(({ key, label, x, y, band }) => {
    const indexes = new Map(x.map((at, index) => [at, index]))
    const column = (name: string, values: ReadonlyArray<number>): NumberColumn => ({
      key: `${key} ${name}`,
      name: name === "" ? label : `${label}, ${name}`,
      at: (row) => values[indexes.get(grid[row] ?? Number.NaN) ?? -1] ?? null,
    })
    return [column("", y), ...(band === null ? [] : [column("low", band.low), column("high", band.high)])]
  }),
]
