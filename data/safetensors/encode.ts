import { TensorError } from "../error.ts"
import { lengthBytes } from "./header.ts"
import { longestHeader, metadataKey, type StoredTensor } from "./tensor.ts"

type Shapes = Readonly<Record<string, ReadonlyArray<number>>>
type Metadata = Readonly<Record<string, string>>

/**
 * Tensors as a safetensors file: eight bytes of header length, the header in JSON, the data.
 * Tensors are sorted by name (by code unit) and metadata by key, and the header is filled with
 * spaces to a multiple of eight bytes, so that data are aligned and equal tensors give equal bytes.
 * `transformers` wants the metadata `{ format: "pt" }`. Throws a TensorError if a shape and its
 * data disagree.
 */
export const encodeSafetensors = (tensors: Readonly<Record<string, StoredTensor>>, metadata: Metadata = {}): Uint8Array => {
  const { names, header, bytes } = layOut(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])), metadata)
  const file = new Uint8Array(bytes)
  file.set(header)
  let at = header.length
  for (const name of names) {
    const { shape, data } = tensors[name] as StoredTensor
    const piece = bytesOf(name, shape, data)
    file.set(piece, at)
    at += piece.length
  }
  return file
}

/**
 * The same file in pieces, for tensors that are not in memory together: `read` is asked for each,
 * in the order of the file, when the pieces before it are written. Throws a TensorError as
 * `encodeSafetensors` does, and what `read` throws.
 */
export async function* encodeInPieces(
  shapes: Shapes,
  read: (name: string) => Float32Array | Promise<Float32Array>,
  metadata: Metadata = {},
): AsyncGenerator<Uint8Array> {
  const { names, header } = layOut(shapes, metadata)
  yield header
  for (const name of names) yield bytesOf(name, shapes[name] as ReadonlyArray<number>, await read(name))
}

/** Names in the order of the data, what stands in front of these, and the length of the file. */
const layOut = (shapes: Shapes, metadata: Metadata) => {
  const sorted = sortByKey(shapes)
  let offset = 0
  const entries = sorted.map(([name, shape]) => {
    if (name === metadataKey) throw new TensorError("no tensor may have this name", name)
    const begin = offset
    offset += sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT
    return [name, { dtype: "F32", shape, data_offsets: [begin, offset] }] as const
  })
  const own = sortByKey(metadata)
  const all = own.length === 0 ? entries : [[metadataKey, Object.fromEntries(own)] as const, ...entries]
  const json = new TextEncoder().encode(`{${all.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`)
  const length = Math.ceil(json.length / 8) * 8
  if (length > longestHeader) throw new TensorError(`the header would take ${length} bytes, at most ${longestHeader} are allowed`)
  const header = new Uint8Array(lengthBytes + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, lengthBytes)
  return { names: sorted.map(([name]) => name), header, bytes: header.length + offset }
}

const sortByKey = <V>(record: Readonly<Record<string, V>>): ReadonlyArray<readonly [string, V]> =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, length) => product * length, 1)

/** A view of the data. */
const bytesOf = (name: string, shape: ReadonlyArray<number>, data: Float32Array): Uint8Array => {
  const size = sizeOf(shape)
  if (size !== data.length) throw new TensorError(`shape [${shape.join(", ")}] wants ${size} numbers, and there are ${data.length}`, name)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
