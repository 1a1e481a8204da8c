import type { NamedValues } from "../../engine/index.ts"

/**
 * Keys and values of a prompt that was read: by name, each [heads, capacity, size], of which the
 * first `length` positions count.
 */
export interface PrefillState {
  readonly length: number
  readonly capacity: number
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
 * The KV cache of the rows that are decoded together, each of keys and values [rows, heads,
 * capacity, size]: one set of buffers that a program reads and one that it writes, which are then
 * swapped.
 */
export class KvCacheBuffers {
  readonly shape: Shape
  #read: Readonly<Record<string, Float32Array>>
  #written: Readonly<Record<string, Float32Array>>

  constructor(shape: Shape) {
    this.shape = shape
    this.#read = allocate(shape)
    this.#written = allocate(shape)
  }

  get bytes(): number {
    const { names, rows, heads, capacity, size } = this.shape
    return 2 * Float32Array.BYTES_PER_ELEMENT * names.length * rows * heads * capacity * size
  }

  get inputs(): NamedValues {
    return this.#read
  }

  /** To be filled by a program; `swap` makes them the inputs of the next one. */
  get outputs(): NamedValues {
    return this.#written
  }

  swap(): void {
    const read = this.#read
    this.#read = this.#written
    this.#written = read
  }

  /** Loads the keys and values of a prompt into a row. */
  load(row: number, prefill: PrefillState): void {
    if (prefill.length === 0) return
    const { heads, capacity, size } = this.shape
    for (const [name, buffer] of Object.entries(this.#read)) {
      const values = prefill.values[name] as Float32Array
      for (let head = 0; head < heads; head++) {
        const start = head * prefill.capacity * size
        buffer.set(values.subarray(start, start + prefill.length * size), (row * heads + head) * capacity * size)
      }
    }
  }

  /** Copies some rows of other buffers, as the first ones of these. */
  copyRows(other: KvCacheBuffers, rows: ReadonlyArray<number>): void {
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

/** Bytes of buffers that are kept for when rows of their number and capacity are decoded again. */
const pooledBytes = 2 ** 28

/**
 * Buffers by their shapes, so that few are allocated. Where those of a large model or of a long
 * context take more than `pooledBytes`, only the ones last asked for are kept.
 */
export class KvCachePool {
  readonly #buffers = new Map<string, KvCacheBuffers>()

  get(shape: Shape): KvCacheBuffers {
    const key = `${shape.rows} ${shape.capacity}`
    const buffers = this.#buffers.get(key) ?? new KvCacheBuffers(shape)
    // Behind the others: the first has not been asked for longest.
    this.#buffers.delete(key)
    this.#buffers.set(key, buffers)
    let bytes = [...this.#buffers.values()].reduce((sum, each) => sum + each.bytes, 0)
    for (const [other, { bytes: freed }] of this.#buffers) {
      if (bytes <= pooledBytes || other === key) break
      this.#buffers.delete(other)
      bytes -= freed
    }
    return buffers
  }
}

const allocate = ({ names, rows, heads, capacity, size }: Shape): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(names.map((name) => [name, new Float32Array(rows * heads * capacity * size)]))
