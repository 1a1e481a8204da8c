import { TensorError } from "../error.ts"
import { headerLength, lengthBytes, readHeader } from "./header.ts"

/** A file of which parts can be read. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number
  /** Reads the bytes from `start` up to, but without, `end`, into memory of their own. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
}

/** An open safetensors file: what its header says, and its tensors one at a time. */
export interface TensorReader {
  /** Shapes by name, in the order of the bytes. */
  readonly shapes: Readonly<Record<string, ReadonlyArray<number>>>
  readonly metadata: Readonly<Record<string, string>>
  /**
   * The numbers of one tensor as 32-bit floats, the only ones in memory. Throws a TensorError where
   * the file has none of this name, or did not want it.
   */
  readonly read: (name: string) => Promise<Float32Array>
}

/**
 * Opens a safetensors file of any length, and reads its header. Tensors whose names are not
 * `wanted` are left out. Throws a TensorError as `decodeSafetensors` does.
 */
export const openSafetensors = async (source: ByteSource, wanted: (name: string) => boolean = () => true): Promise<TensorReader> => {
  const { size } = source
  const length = headerLength(await source.read(0, Math.min(lengthBytes, size)), size)
  const { places, metadata } = readHeader(await source.read(lengthBytes, lengthBytes + length), size, wanted)
  const placeOf = new Map(places.map((place) => [place.name, place]))
  return {
    shapes: Object.fromEntries(places.map(({ name, shape }) => [name, shape])),
    metadata,
    read: async (name) => {
      const place = placeOf.get(name)
      if (place === undefined) throw new TensorError(`was not found; the file has ${[...placeOf.keys()].join(", ")}`, name)
      return place.type.toFloats(await source.read(place.begin, place.end))
    },
  }
}
