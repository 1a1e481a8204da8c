import { TensorError } from "../error.ts"
import { longestHeader, metadataKey, type StoredTensor } from "./tensor.ts"

/**
 * Tensors as a safetensors file: eight bytes of header length, the header in JSON, the data.
 * Tensors are sorted by name (by code unit) and metadata by key, and the header is filled with
 * spaces to a multiple of eight bytes, so that data are aligned and equal tensors give equal bytes.
 * `transformers` wants the metadata `{ format: "pt" }`. Throws a TensorError if a shape and its
 * data disagree.
 */
export const encodeSafetensors = (
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const sorted = sortByKey(tensors)
  let offset = 0
  const entries = sorted.map(([name, { shape, data }]) => {
    check(name, shape, data)
    const begin = offset
    offset += data.byteLength
    return [name, { dtype: "F32", shape, data_offsets: [begin, offset] }] as const
  })
  const own = sortByKey(metadata)
  const all = own.length === 0 ? entries : [[metadataKey, Object.fromEntries(own)] as const, ...entries]
  const json = new TextEncoder().encode(`{${all.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`)
  const length = Math.ceil(json.length / 8) * 8
  if (length > longestHeader) throw new TensorError(`the header would take ${length} bytes, at most ${longestHeader} are allowed`)
  const file = new Uint8Array(8 + length + offset)
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
  file.fill(0x20, 8, 8 + length)
  file.set(json, 8)
  let at = 8 + length
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return file
}

const sortByKey = <V>(record: Readonly<Record<string, V>>): ReadonlyArray<readonly [string, V]> =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

const check = (name: string, shape: ReadonlyArray<number>, data: Float32Array): void => {
  if (name === metadataKey) throw new TensorError("no tensor may have this name", name)
  const size = shape.reduce((product, length) => product * length, 1)
  if (size !== data.length) throw new TensorError(`shape [${shape.join(", ")}] wants ${size} numbers, and there are ${data.length}`, name)
}
