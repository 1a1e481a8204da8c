import { TensorError } from "../error.ts"
import { type NumberType, numberTypes } from "./number-type.ts"
import { longestHeader, metadataKey, type StoredTensor, type TensorFile } from "./tensor.ts"

/**
 * Reads a safetensors file: all tensors, or those whose names are `wanted`. Tensors are copies, as
 * 32-bit floats. Nothing that the header claims is believed before it is compared with the bytes
 * that are there: throws a TensorError for a header that is truncated, too large or no JSON, for
 * another type than F32, F16 and BF16 (where it is wanted), for a shape that does not fit its
 * bytes, and for data that overlap, leave gaps or end early.
 */
export const decodeSafetensors = (bytes: Uint8Array, wanted: (name: string) => boolean = () => true): TensorFile => {
  const { header, start } = readHeader(bytes)
  const { [metadataKey]: own, ...rest } = header
  const places = Object.entries(rest)
    .map(([name, entry]) => readPlace(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  const available = bytes.length - start
  let expected = 0
  for (const { name, begin, end } of places) {
    if (begin !== expected) throw new TensorError(`begins at byte ${begin} of the data, and ${expected} are taken before it`, name)
    if (end > available)
      throw new TensorError(`ends at byte ${end} of the data, of which there are ${available}: the file is truncated`, name)
    expected = end
  }
  if (expected !== available) throw new TensorError(`${available - expected} bytes of data belong to no tensor`)
  const kept = places.filter(({ name }) => wanted(name))
  const tensors = kept.map(({ name, entry, begin, end }): readonly [string, StoredTensor] => {
    const type = readType(name, entry)
    const shape = readShape(name, entry, { given: end - begin, size: type.size })
    return [name, { shape, data: type.toFloats(bytes.subarray(start + begin, start + end)) }]
  })
  return { tensors: Object.fromEntries(tensors), metadata: own === undefined ? {} : readMetadata(own) }
}

const readHeader = (bytes: Uint8Array) => {
  if (bytes.length < 8) throw new TensorError(`${bytes.length} bytes cannot hold a header`)
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true)
  if (claimed > BigInt(longestHeader)) throw new TensorError(`claims a header of ${claimed} bytes, at most ${longestHeader} are allowed`)
  const start = 8 + Number(claimed)
  if (start > bytes.length)
    throw new TensorError(`claims a header of ${claimed} bytes and has ${bytes.length - 8} in all: the file is truncated`)
  const header = parse(bytes.subarray(8, start))
  if (!isRecord(header)) throw new TensorError("the header is not a JSON object")
  return { header, start }
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    throw new TensorError(`the header is not JSON: ${(error as Error).message}`)
  }
}

const readPlace = (name: string, entry: unknown) => {
  if (!isRecord(entry)) throw new TensorError("is not described by a JSON object", name)
  const { data_offsets: offsets } = entry
  if (!isSizes(offsets) || offsets.length !== 2) throw new TensorError("does not say where its data begin and end", name)
  const [begin, end] = offsets as readonly [number, number]
  if (begin > end) throw new TensorError(`begins at byte ${begin} of the data and ends at byte ${end}`, name)
  return { name, entry, begin, end }
}

const readType = (name: string, { dtype }: Readonly<Record<string, unknown>>): NumberType => {
  const type = typeof dtype === "string" && Object.hasOwn(numberTypes, dtype) ? numberTypes[dtype] : undefined
  if (type !== undefined) return type
  const known = Object.keys(numberTypes).join(", ")
  throw new TensorError(`holds ${JSON.stringify(dtype)}, and only ${known} are read`, name)
}

const readShape = (
  name: string,
  { shape }: Readonly<Record<string, unknown>>,
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isSizes = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0)
