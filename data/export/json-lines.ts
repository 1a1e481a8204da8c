import { type Field, fields as fieldsOf } from "../parquet/field.ts"
import { readBatches, readColumns } from "../parquet/index.ts"
import { writePieces } from "../written-file.ts"

/** A cell as its type has it. */
type Cell = boolean | number | string | Int32Array | Float32Array | null

/**
 * Writes a table as JSON Lines, an object a row with every column, in order; an existing file is
 * replaced. Floats are read back as the same numbers, and always look like floats (`1.0`), so that
 * a reader that guesses types guesses right. Returns how many numbers were NaN or infinite: JSON
 * has no word for them, and they become null. Fails with a DataFileError if a file cannot be read
 * or written.
 */
export const exportJsonLines = async (table: string, file: string): Promise<{ readonly notFinite: number }> => {
  const columns = await readColumns(table)
  let notFinite = 0
  const float = (value: number): string => {
    if (Number.isFinite(value)) return floatText(value)
    notFinite++
    return "null"
  }
  const writers = fieldsOf(columns).map((field) => ({ field, head: `${JSON.stringify(field.name)}:`, write: cellWriter(field, float) }))
  async function* lines() {
    for await (const rows of readBatches(table, columns)) {
      yield rows
        .map((row) => {
          const cells = writers.map(({ field, head, write }) => {
            const cell = row[field.name] as Cell
            return head + (cell === null ? "null" : write(cell))
          })
          return `{${cells.join(",")}}\n`
        })
        .join("")
    }
  }
  await writePieces(file, lines())
  return { notFinite }
}

const cellWriter = ({ type }: Field, float: (value: number) => string): ((cell: Exclude<Cell, null>) => string) => {
  if (type === "float32" || type === "float64") return (cell) => float(cell as number)
  if (type === "list<float32>") return (cell) => `[${Array.from(cell as Float32Array, float).join(",")}]`
  if (type === "list<int32>") return (cell) => `[${(cell as Int32Array).join(",")}]`
  return (cell) => JSON.stringify(cell)
}

/** The shortest text that reads back as this number, in the shape of a float. */
const floatText = (value: number): string => {
  if (Object.is(value, -0)) return "-0.0"
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
