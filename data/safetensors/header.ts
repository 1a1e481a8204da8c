import { TensorError } from "../error.ts"
import { type NumberType, numberTypes } from "./number-type.ts"
import { longestHeader, metadataKey } from "./tensor.ts"

/** Bytes in front of the header: its length. */
export const lengthBytes = 8

/** What a header says of a file. */
export interface Header {
  /** Of the tensors that were wanted, in the order of their bytes. */
  readonly places: ReadonlyArray<Place>
  readonly metadata: Readonly<Record<string, string>>
}

/** Where a tensor lies in its file, and how. */
export interface Place {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly type: NumberType
  /** First byte in the file, and the one behind the last. */
  readonly begin: number
  readonly end: number
}

/** Length in bytes of the header of a file of `size` bytes, by its first eight. */
export const headerLength = (start: Uint8Array, size: number): number => {
  if (size < lengthBytes) throw new TensorError(`${size} bytes cannot hold a header`)
  const claimed = new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true)
  if (claimed > BigInt(longestHeader)) throw new TensorError(`claims a header of ${claimed} bytes, at most ${longestHeader} are allowed`)
  if (lengthBytes + Number(claimed) > size)
    throw new TensorError(`claims a header of ${claimed} bytes and has ${size - lengthBytes} in all: the file is truncated`)
  return Number(claimed)
}

/**
 * The header of a file of `size` bytes. Types and shapes are checked of the tensors whose names are
 * `wanted`, places of all.
 */
export const readHeader = (bytes: Uint8Array, size: number, wanted: (name: string) => boolean): Header => {
  const header = parse(bytes)
  if (!isRecord(header)) throw new TensorError("the header is not a JSON object")
  const { [metadataKey]: own, ...rest } = header
  const extents = Object.entries(rest)
    .map(([name, entry]) => readExtent(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  const start = lengthBytes + bytes.length
  checkExtents(extents, size - start)
  const places = extents
    .filter(({ name }) => wanted(name))
    .map(({ name, entry, begin, end }): Place => {
      const type = readType(name, entry)
      const shape = readShape(name, entry, { given: end - begin, size: type.size })
      return { name, shape, type, begin: start + begin, end: start + end }
    })
  return { places, metadata: own === undefined ? {} : readMetadata(own) }
}

/** Tensors fill the data without gap or overlap. */
const checkExtents = (extents: ReadonlyArray<Extent>, available: number): void => {
  let expected = 0
  for (const { name, begin, end } of extents) {
    if (begin !== expected) throw new TensorError(`begins at byte ${begin} of the data, and ${expected} are taken before it`, name)
    if (end > available)
      throw new TensorError(`ends at byte ${end} of the data, of which there are ${available}: the file is truncated`, name)
    expected = end
  }
  if (expected !== available) throw new TensorError(`${available - expected} bytes of data belong to no tensor`)
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    throw new TensorError(`the header is not JSON: ${(error as Error).message}`)
  }
}

type Entry = Readonly<Record<string, unknown>>

/** Where a tensor's data begin and end, counted from the beginning of all data. */
interface Extent {
  readonly name: string
  readonly entry: Entry
  readonly begin: number
  readonly end: number
}

const readExtent = (name: string, entry: unknown): Extent => {
  if (!isRecord(entry)) throw new TensorError("is not described by a JSON object", name)
  const { data_offsets: offsets } = entry
  if (!isSizes(offsets) || offsets.length !== 2) throw new TensorError("does not say where its data begin and end", name)
  const [begin, end] = offsets as readonly [number, number]
  if (begin > end) throw new TensorError(`begins at byte ${begin} of the data and ends at byte ${end}`, name)
  return { name, entry, begin, end }
}

const readType = (name: string, { dtype }: Entry): NumberType => {
  const type = typeof dtype === "string" && Object.hasOwn(numberTypes, dtype) ? numberTypes[dtype] : undefined
  if (type !== undefined) return type
  const known = Object.keys(numberTypes).join(", ")
  throw new TensorError(`holds ${JSON.stringify(dtype)}, and only ${known} are read`, name)
}

const readShape = (
  name: string,
  { shape }: Entry,
  { given, size: unit }: { readonly given: number; readonly size: number },
): ReadonlyArray<number> => {
  if (!isSizes(shape)) throw new TensorError("its shape is not a list of lengths", name)
  const size = shape.reduce((product, length) => product * length, unit)
  if (given !== size) throw new TensorError(`shape [${shape.join(", ")}] takes ${size} bytes, and ${given} are given`, name)
  return shape
}

const readMetadata = (own: unknown): Readonly<Record<string, string>> => {
  if (isRecord(own) && Object.values(own).every((value) => typeof value === "string")) return own as Record<string, string>
  throw new TensorError("the metadata are not strings by name")
}

const isRecord = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value)

const isSizes = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0)
