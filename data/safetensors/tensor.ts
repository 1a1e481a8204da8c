/** A tensor as it is stored: 32-bit floats, row-major. `data.length` is the product of `shape`. */
export interface StoredTensor {
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array
}

/**
 * What a container holds: tensors by name, in the order of their bytes, and strings of the writer's
 * choice.
 */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, StoredTensor>>
  readonly metadata: Readonly<Record<string, string>>
}

/** The key of a header under which the writer's strings stand. */
export const metadataKey = "__metadata__"

/** Headers beyond this many bytes are refused, as the reference implementation does. */
export const longestHeader = 100_000_000
