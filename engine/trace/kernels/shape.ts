import * as tf from "@tensorflow/tfjs"
import { elementTypeOf, type TensorInfo, type TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { axesOf, input, type Kernel, type Kernels } from "../kernel.ts"

/** Kernels that make, move or re-read elements without computing with them. */

const filled =
  (number: number): Kernel =>
  ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(backend.scalar(number, elementTypeOf(x.dtype)), x.shape, x.dtype)
  }

const slice = (backend: TracingBackend, x: TensorInfo, begin: ReadonlyArray<number>, shape: ReadonlyArray<number>): Value => {
  const full = backend.full(x)
  const axes = x.shape.map((_, axis) => axis).filter((axis) => begin[axis] !== 0 || shape[axis] !== x.shape[axis])
  if (axes.length === 0) return full
  const starts = axes.map((axis) => begin[axis] as number)
  const ends = axes.map((axis) => (begin[axis] as number) + (shape[axis] as number))
  const { graph } = backend
  return backend.node("Slice", [full, graph.integers(starts), graph.integers(ends), graph.integers(axes)], shape, full.type)
}

export const transposed = (backend: TracingBackend, value: Value, perm: ReadonlyArray<number>): Value => {
  if (perm.every((axis, index) => axis === index)) return value
  const shape = perm.map((axis) => value.shape[axis] as number)
  const result = backend.node("Transpose", [value], shape, value.type, { attributes: { perm: { ints: perm } } })
  if (perm.length === 2) backend.untransposed.set(result, value)
  return result
}

const concatenate = (backend: TracingBackend, values: ReadonlyArray<Value>, axis: number): Value => {
  const first = values[0] as Value
  const shape = first.shape.map((size, at) =>
    at === axis ? values.reduce((total, value) => total + (value.shape[at] as number), 0) : size,
  )
  return values.length === 1 ? first : backend.node("Concat", values, shape, first.type, { attributes: { axis: { int: axis } } })
}

type Paddings = ReadonlyArray<readonly [before: number, after: number]>

const paddedShape = (shape: ReadonlyArray<number>, paddings: Paddings): ReadonlyArray<number> =>
  shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0))

/** Which elements of an axis stand in it once it is padded; `repeat` is 1 where the edge itself is mirrored too. */
const mirroredPlaces = (size: number, before: number, after: number, repeat: 0 | 1): ReadonlyArray<number> =>
  Array.from({ length: before + size + after }, (_, index) => {
    const place = index - before
    if (place < 0) return -place - repeat
    return place >= size ? 2 * (size - 1) - place + repeat : place
  })

const reshaped: Kernel = ({ backend, inputs, attributes }) => {
  const x = input(inputs)
  const shape = tf.util.inferFromImplicitShape(attributes.shape, sizeOf(x.shape))
  const value = backend.value(x)
  // A single element stands for any number of them, if it has no more axes than they.
  const single = value.shape.length > shape.length ? backend.reshape(value, []) : value
  return backend.tensor(sizeOf(value.shape) === 1 ? single : backend.reshape(backend.full(x), shape), shape, x.dtype)
}

export const shapes: Kernels = {
  Fill: ({ backend, attributes }) => {
    const { shape, value, dtype } = attributes
    const type = dtype ?? tf.util.inferDtype(value)
    return backend.tensor(backend.scalar(Number(value), elementTypeOf(type)), shape, type)
  },
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Range: ({ backend, attributes }) => {
    const { start, stop, step, dtype } = attributes
    const length = Math.max(0, Math.ceil((stop - start) / step))
    const values = Array.from({ length }, (_, index) => start + index * step)
    return backend.tensor(backend.graph.constant(values, [length], elementTypeOf(dtype)), [length], dtype)
  },
  LinSpace: ({ backend, attributes }) => {
    const { start, stop, num } = attributes
    const values = Array.from({ length: num }, (_, index) => start + (index * (stop - start)) / Math.max(1, num - 1))
    return backend.tensor(backend.graph.constant(values, [num], "float32"), [num])
  },
  Identity: ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(backend.value(x), x.shape, x.dtype)
  },
  Reshape: reshaped,
  ExpandDims: ({ backend, inputs, attributes: { dim } }) => {
    const x = input(inputs, "input")
    const at = dim < 0 ? x.shape.length + dim + 1 : dim
    const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]
    return backend.tensor(backend.reshape(backend.full(x), shape), shape, x.dtype)
  },
  Transpose: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const value = transposed(backend, backend.full(x), attributes.perm)
    return backend.tensor(value, value.shape, x.dtype)
  },
  Concat: ({ backend, inputs, attributes: { axis } }) => {
    const tensors = Object.values(inputs)
    const [along = 0] = axesOf(axis, (tensors[0] as TensorInfo).shape.length)
    const value = concatenate(
      backend,
      tensors.map((tensor) => backend.full(tensor)),
      along,
    )
    return backend.tensor(value, value.shape)
  },
  Pack: ({ backend, inputs, attributes: { axis } }) => {
    const tensors = Object.values(inputs)
    const rank = (tensors[0] as TensorInfo).shape.length + 1
    const along = axis < 0 ? axis + rank : axis
    const slices = tensors.map((tensor) =>
      backend.reshape(backend.full(tensor), [...tensor.shape.slice(0, along), 1, ...tensor.shape.slice(along)]),
    )
    const value = concatenate(backend, slices, along)
    return backend.tensor(value, value.shape)
  },
  Unpack: ({ backend, inputs, attributes: { axis } }) => {
    const x = input(inputs, "value")
    const [along = 0] = axesOf(axis, x.shape.length)
    const part = x.shape.map((size, at) => (at === along ? 1 : size))
    const shape = x.shape.filter((_, at) => at !== along)
    return Array.from({ length: x.shape[along] as number }, (_, index) => {
      const begin = x.shape.map((__, at) => (at === along ? index : 0))
      return backend.tensor(backend.reshape(slice(backend, x, begin, part), shape), shape, x.dtype)
    })
  },
  SplitV: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { numOrSizeSplits, axis } = attributes
    const [along = 0] = axesOf(axis, x.shape.length)
    const sizes = tf.backend_util.prepareSplitSize({ shape: x.shape } as tf.Tensor, numOrSizeSplits as number, along)
    const outputs = sizes.map((size) => ({
      type: elementTypeOf(x.dtype),
      shape: x.shape.map((whole, at) => (at === along ? size : whole)),
    }))
    const parts = backend.graph.node("Split", [backend.full(x), backend.graph.integers(sizes)], outputs, {
      attributes: { axis: { int: along } },
    })
    return parts.map((part) => backend.tensor(part, part.shape, x.dtype))
  },
  Slice: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { begin, size } = attributes
    const [starts, sizes] = tf.slice_util.parseSliceParams(
      { shape: x.shape, rank: x.shape.length } as tf.Tensor,
      begin,
      size as number,
    ) as [Array<number>, Array<number>]
    const value = slice(backend, x, starts, sizes)
    return backend.tensor(value, sizes, x.dtype)
  },
  StridedSlice: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
    const info = tf.slice_util.sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask)
    const { graph } = backend
    // A descending slice that reaches element 0 ends before it; ONNX counts a plain −1 from the other side.
    const ends = info.end.map((stop, axis) => (stop < 0 ? -((x.shape[axis] as number) + 1) : stop))
    const value = backend.node(
      "Slice",
      [
        backend.full(x),
        graph.integers(info.begin),
        graph.integers(ends),
        graph.integers(x.shape.map((_, axis) => axis)),
        graph.integers(info.strides),
      ],
      info.finalShapeSparse,
      elementTypeOf(x.dtype),
    )
    return backend.tensor(backend.reshape(value, info.finalShape), info.finalShape, x.dtype)
  },
  Reverse: ({ backend, inputs, attributes: { dims } }) => {
    const x = input(inputs)
    const axes = axesOf(dims, x.shape.length)
    if (axes.length === 0) return backend.tensor(backend.value(x), x.shape, x.dtype)
    const { graph } = backend
    const all = (number: (size: number) => number) => graph.integers(axes.map((axis) => number(x.shape[axis] as number)))
    const value = backend.node(
      "Slice",
      [backend.full(x), all((size) => size - 1), all((size) => -(size + 1)), graph.integers(axes), all(() => -1)],
      x.shape,
      elementTypeOf(x.dtype),
    )
    return backend.tensor(value, x.shape, x.dtype)
  },
  Tile: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { reps } = attributes
    const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1))
    // Repeating single elements is broadcasting, which is left to whoever needs it; tf.broadcastTo and tf.where come here.
    if (x.shape.every((size, axis) => size === 1 || reps[axis] === 1)) return backend.tensor(backend.value(x), shape, x.dtype)
    const value = backend.full(x)
    return backend.tensor(backend.node("Tile", [value, backend.graph.integers(reps)], shape, value.type), shape, x.dtype)
  },
  PadV2: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { paddings, constantValue } = attributes
    const shape = paddedShape(x.shape, paddings)
    const value = backend.full(x)
    const pads = backend.graph.integers([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)])
    return backend.tensor(backend.node("Pad", [value, pads, backend.scalar(constantValue, value.type)], shape, value.type), shape, x.dtype)
  },
  MirrorPad: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { paddings, mode } = attributes
    // ONNX can mirror around the last element ("reflect"), not behind it ("symmetric"): both are a gather along each axis.
    const mirrored = paddings.reduce((value, [before, after], axis) => {
      if (before === 0 && after === 0) return value
      const places = mirroredPlaces(x.shape[axis] as number, before, after, mode === "reflect" ? 0 : 1)
      const shape = value.shape.map((size, at) => (at === axis ? places.length : size))
      return backend.node("Gather", [value, backend.graph.integers(places)], shape, value.type, { attributes: { axis: { int: axis } } })
    }, backend.full(x))
    return backend.tensor(mirrored, paddedShape(x.shape, paddings), x.dtype)
  },
}
