import { match } from "ts-pattern"
import { type Chunk, unifyNaN, type Values } from "./chunk.ts"
import type { Field } from "./field.ts"
import { run, stringEncoder } from "./strings.ts"

/** A row before its cells are known to fit their columns. */
export type LooseRow = Readonly<Record<string, unknown>>

/**
 * Collects the cells of one column. Lists are copied at once, so that a caller may use its arrays
 * again.
 */
export interface ColumnBuilder {
  /**
   * Takes over this column's cells of `rows[start]` to `rows[end - 1]`. Throws a CellError at the
   * first that does not fit; an IllFormedString for text that is none, now or where it is taken.
   */
  readonly append: (rows: ReadonlyArray<LooseRow>, start: number, end: number) => void
  /** What has been collected, in bytes; of text one byte a UTF-16 unit is counted. */
  readonly bytes: () => number
  /**
   * Hands over what has been collected, and starts again. The arrays are valid until the next
   * `append`.
   */
  readonly take: () => Chunk
}

/**
 * A cell that its column cannot hold; `index` is the row's place in the array that was appended.
 */
export class CellError extends Error {
  override readonly name = "CellError"
  readonly field: Field
  readonly index: number
  constructor(field: Field, index: number, cell: unknown) {
    super(`expected ${field.nullable ? `${field.type} or null` : field.type}, found ${describe(cell)}`)
    this.field = field
    this.index = index
  }
}

export const columnBuilder = (field: Field): ColumnBuilder =>
  match(field.type)
    .with("bool", () => fixed(field, (size) => new Uint8Array(size), isBoolean))
    .with("int32", () => fixed(field, (size) => new Int32Array(size), isInt32))
    .with("float32", () => fixed(field, (size) => new Float32Array(size), isNumber))
    .with("float64", () => fixed(field, (size) => new Float64Array(size), isNumber))
    .with("utf8", () => strings(field))
    .with("list<int32>", () => list(field, Int32Array))
    .with("list<float32>", () => list(field, Float32Array))
    .exhaustive()

const isBoolean = (cell: unknown): boolean => typeof cell === "boolean"
const isInt32 = (cell: unknown): boolean => typeof cell === "number" && (cell | 0) === cell
const isNumber = (cell: unknown): boolean => typeof cell === "number"

const fixed = <V extends Values>(field: Field, allocate: (size: number) => V, fits: (cell: unknown) => boolean): ColumnBuilder => {
  const { name, nullable } = field
  const validity = validityBuilder()
  let values = allocate(1024)
  let length = 0
  return {
    append: (rows, start, end) => {
      values = grown(values, length, length + end - start, allocate)
      // What a loop writes is kept out of the closure while it runs, here and below: a variable
      // that others see is read again for every cell.
      const into = values
      let at = length
      for (let index = start; index < end; index++) {
        const cell = rows[index]?.[name]
        if (fits(cell)) into[at] = cell as number
        else if (nullable && cell === null) {
          validity.absent(at)
          into[at] = 0
        } else throw new CellError(field, index, cell)
        at++
      }
      length = at
    },
    bytes: () => length * values.BYTES_PER_ELEMENT,
    take: () => {
      const taken = values.subarray(0, length) as V
      unifyNaN(taken)
      const chunk = { length, validity: validity.take(length), offsets: undefined, values: taken }
      length = 0
      return chunk
    },
  }
}

const strings = (field: Field): ColumnBuilder => {
  const { name, nullable } = field
  const validity = validityBuilder()
  const encoder = stringEncoder(name)
  /** Cells that wait to be encoded together. */
  let waiting: Array<string> = []
  let units = 0
  const encode = (): void => {
    if (waiting.length > 0) encoder.encode(waiting)
    waiting = []
  }
  return {
    append: (rows, start, end) => {
      for (let index = start; index < end; index++) {
        const cell = rows[index]?.[name]
        if (typeof cell === "string") {
          units += cell.length
          waiting.push(cell)
        } else if (nullable && cell === null) {
          validity.absent(encoder.length() + waiting.length)
          waiting.push("")
        } else throw new CellError(field, index, cell)
        if (waiting.length === run) encode()
      }
    },
    bytes: () => units + (encoder.length() + waiting.length) * 4,
    take: () => {
      encode()
      const length = encoder.length()
      units = 0
      return { length, validity: validity.take(length), ...encoder.take() }
    },
  }
}

const list = <V extends Int32Array | Float32Array>(field: Field, Type: { new (size: number): V }): ColumnBuilder => {
  const { name, nullable } = field
  const validity = validityBuilder()
  const allocate = (size: number) => new Type(size)
  let values = allocate(1024)
  let filled = 0
  let offsets = new Int32Array(1025)
  let length = 0
  return {
    append: (rows, start, end) => {
      offsets = grown(offsets, length + 1, length + 1 + end - start, (size) => new Int32Array(size))
      let into = values
      let at = filled
      for (let index = start; index < end; index++) {
        const cell = rows[index]?.[name]
        if (cell instanceof Type) {
          const size = cell.length
          if (at + size > into.length) into = values = grown(into, at, at + size, allocate)
          // Element by element: these lists are short, and a call into `set` costs more than
          // copying ten numbers.
          for (let place = 0; place < size; place++) into[at + place] = cell[place] as number
          at += size
        } else if (nullable && cell === null) validity.absent(length)
        else throw new CellError(field, index, cell)
        offsets[++length] = at
      }
      filled = at
    },
    bytes: () => filled * 4 + length * 4,
    take: () => {
      const taken = values.subarray(0, filled) as V
      unifyNaN(taken)
      const chunk = { length, validity: validity.take(length), offsets: offsets.subarray(0, length + 1), values: taken }
      length = 0
      filled = 0
      return chunk
    },
  }
}

/** Remembers which cells are null; costs nothing until one is. */
const validityBuilder = () => {
  let absent: Array<number> = []
  return {
    absent: (row: number): void => {
      absent.push(row)
    },
    take: (length: number): Uint8Array | undefined => {
      if (absent.length === 0) return undefined
      const validity = new Uint8Array(length).fill(1)
      for (const row of absent) validity[row] = 0
      absent = []
      return validity
    },
  }
}

/** `array`, or a larger one that begins with its first `filled` entries, with room for `needed`. */
const grown = <V extends Values>(array: V, filled: number, needed: number, allocate: (size: number) => V): V => {
  if (needed <= array.length) return array
  const larger = allocate(Math.max(needed, array.length * 2))
  larger.set(array.subarray(0, filled))
  return larger
}

const describe = (cell: unknown): string => {
  if (cell === undefined) return "nothing"
  if (cell === null || typeof cell === "number" || typeof cell === "boolean" || typeof cell === "bigint") return String(cell)
  if (typeof cell === "string") return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
  return typeof cell === "object" ? `a value of class ${cell.constructor?.name ?? "none"}` : `a ${typeof cell}`
}
