import { headerLength, lengthBytes, readHeader } from "./header.ts"
import type { StoredTensor, TensorFile } from "./tensor.ts"

/**
 * Reads the bytes of a safetensors file: all tensors, or those whose names are `wanted`. Tensors
 * are copies, as 32-bit floats. Nothing that the header claims is believed before it is compared
 * with the bytes that are there: throws a TensorError for a header that is truncated, too large or
 * no JSON, for another type than F32, F16 and BF16 (where it is wanted), for a shape that does not
 * fit its bytes, and for data that overlap, leave gaps or end early.
 */
export const decodeSafetensors = (bytes: Uint8Array, wanted: (name: string) => boolean = () => true): TensorFile => {
  const length = headerLength(bytes, bytes.length)
  const { places, metadata } = readHeader(bytes.subarray(lengthBytes, lengthBytes + length), bytes.length, wanted)
  const tensors = places.map(({ name, shape, type, begin, end }): readonly [string, StoredTensor] => [
    name,
    { shape, data: type.toFloats(new Uint8Array(bytes.subarray(begin, end))) },
  ])
  return { tensors: Object.fromEntries(tensors), metadata }
}
