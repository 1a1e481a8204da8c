import * as tf from "@tensorflow/tfjs"
import { TraceError } from "../error.ts"
import type { ElementType } from "../onnx/model.ts"
import { GraphBuilder, type NodeOptions, sizeOf, type Value } from "./graph.ts"

export interface TensorInfo {
  readonly dataId: object
  readonly shape: Array<number>
  readonly dtype: tf.DataType
}

/**
 * A TensorFlow.js backend whose kernels add nodes to a graph and compute nothing.
 *
 * The value of a tensor may have a smaller shape, from which the tensor's follows by broadcasting:
 * `ones`, `fill` and the gradients of sums are stored at full size only if an operator needs it.
 */
export class TracingBackend extends tf.KernelBackend {
  graph = new GraphBuilder()
  #values = new WeakMap<object, Value>()
  /** The value that a value is a reshape of. */
  #originals = new WeakMap<Value, Value>()
  /** The matrix that a matrix is the transpose of. */
  readonly untransposed = new WeakMap<Value, Value>()

  /** Starts an empty graph. */
  reset(): void {
    this.graph = new GraphBuilder()
    this.#values = new WeakMap()
  }

  /** A tensor backed by a value of the graph. */
  tensor(value: Value, shape: ReadonlyArray<number>, dtype: tf.DataType = dtypeOf(value.type)): TensorInfo {
    const dataId = {}
    this.#values.set(dataId, value)
    return { dataId, shape: [...shape], dtype }
  }

  /** The value of a tensor, perhaps still to be broadcast to the tensor's shape. */
  value({ dataId }: TensorInfo): Value {
    const value = this.#values.get(dataId)
    if (value === undefined) throw new TraceError("tensor", "was made outside of the traced function; pass it as an input")
    return value
  }

  /** The value of a tensor at its full shape. */
  full(info: TensorInfo): Value {
    return this.expand(this.value(info), info.shape)
  }

  expand(value: Value, shape: ReadonlyArray<number>): Value {
    if (isSameShape(value.shape, shape)) return value
    if (sizeOf(value.shape) === sizeOf(shape)) return this.reshape(value, shape)
    return this.node("Expand", [value, this.graph.integers(shape)], shape, value.type)
  }

  /** The same elements in another shape; a chain of reshapes becomes one. */
  reshape(value: Value, shape: ReadonlyArray<number>): Value {
    const original = this.#originals.get(value) ?? value
    if (isSameShape(original.shape, shape)) return original
    if (original.data !== undefined) return this.graph.constant(original.data, shape, original.type)
    const attributes = { allowzero: { int: 1 } }
    const reshaped = this.node("Reshape", [original, this.graph.integers(shape)], shape, original.type, { attributes })
    this.#originals.set(reshaped, original)
    return reshaped
  }

  /** A node with one output. */
  node(
    operation: string,
    inputs: ReadonlyArray<Value | undefined>,
    shape: ReadonlyArray<number>,
    type: ElementType,
    options?: NodeOptions,
  ): Value {
    return this.graph.node(operation, inputs, [{ shape, type }], options)[0] as Value
  }

  cast(value: Value, type: ElementType): Value {
    if (value.type === type) return value
    return this.node("Cast", [value], value.shape, type, { attributes: { to: { int: { float32: 1, int32: 6, int64: 7, bool: 9 }[type] } } })
  }

  scalar(number: number, type: ElementType = "float32"): Value {
    return this.graph.constant([number], [], type)
  }

  override write(values: tf.BackendValues, shape: Array<number>, dtype: tf.DataType): object {
    const dataId = {}
    const type = elementTypeOf(dtype)
    const numbers = values as Exclude<tf.BackendValues, Array<Uint8Array>>
    // `tf.ones` and `tf.zeros` pass all their elements; one is enough.
    const isUniform = numbers.length > 0 && numbers.every((number) => Object.is(number, numbers[0]))
    const value = isUniform ? this.graph.constant([numbers[0] as number], [], type) : this.graph.constant(numbers, shape, type)
    this.#values.set(dataId, value)
    return dataId
  }

  override move(): void {
    throw new TraceError("tensor", "was made by another backend; make it inside the traced function, or pass it as an input")
  }

  override readSync(): never {
    throw new TraceError(
      "dataSync",
      "a value was read while the function was being traced, and there are no values yet; express it with tensor operations",
    )
  }

  override read(): never {
    return this.readSync()
  }

  override numDataIds(): number {
    return 0
  }
  override disposeData(): boolean {
    return true
  }
  override refCount(): number {
    return 1
  }
  override incRef(): void {}
  override memory(): { unreliable: boolean } {
    return { unreliable: true }
  }
  override floatPrecision(): 32 {
    return 32
  }
  override epsilon(): number {
    return 1e-7
  }
  override dispose(): void {}
}

const isSameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis])

export const elementTypeOf = (dtype: tf.DataType): ElementType => {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype
  throw new TraceError("tensor", `the engine has no ${dtype} tensors; use float32, int32 or bool`)
}

export const dtypeOf = (type: ElementType): tf.DataType => (type === "int64" ? "int32" : type)
