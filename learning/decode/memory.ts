import type { NamedValues } from "../../engine/index.ts"

/** Keys and values of one sequence's beginning: by name, each [heads, room, size], of which the first `positions` count. */
export interface Beginning {
  readonly positions: number
  readonly room: number
  readonly values: Readonly<Record<string, Float32Array>>
}

interface Shape {
  readonly names: ReadonlyArray<string>
  readonly rows: number
  readonly heads: number
  readonly capacity: number
  readonly size: number
}

/**
 * Keys and values of the rows that are decoded together, each [rows, heads, capacity, size]: one set that a program reads and one that
 * it writes, which then change places.
 */
export class RowMemory {
  readonly shape: Shape
  #read: Readonly<Record<string, Float32Array>>
  #written: Readonly<Record<string, Float32Array>>

  constructor(shape: Shape) {
    this.shape = shape
    this.#read = blank(shape)
    this.#written = blank(shape)
  }

  get inputs(): NamedValues {
    return this.#read
  }

  /** To be filled by a program; `turn` makes them the inputs of the next one. */
  get outputs(): NamedValues {
    return this.#written
  }

  turn(): void {
    const read = this.#read
    this.#read = this.#written
    this.#written = read
  }

  /** Gives a row to a sequence that has this beginning. */
  begin(row: number, { positions, room, values }: Beginning): void {
    if (positions === 0) return
    const { heads, capacity, size } = this.shape
    for (const [name, all] of Object.entries(this.#read)) {
      const given = values[name] as Float32Array
      for (let head = 0; head < heads; head++) {
        const start = head * room * size
        all.set(given.subarray(start, start + positions * size), (row * heads + head) * capacity * size)
      }
    }
  }

  /** Some of another memory's rows, as the first ones of this. */
  take(other: RowMemory, rows: ReadonlyArray<number>): void {
    const { heads, capacity, size } = this.shape
    const positions = Math.min(capacity, other.shape.capacity)
    for (const name of this.shape.names) {
      const [from, to] = [other.#read[name] as Float32Array, this.#read[name] as Float32Array]
      for (const [place, row] of rows.entries()) {
        for (let head = 0; head < heads; head++) {
          const start = (row * heads + head) * other.shape.capacity * size
          to.set(from.subarray(start, start + positions * size), (place * heads + head) * capacity * size)
        }
      }
    }
  }
}

const blank = ({ names, rows, heads, capacity, size }: Shape): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(names.map((name) => [name, new Float32Array(rows * heads * capacity * size)]))
