import fc from "fast-check"
import type { TensorSpec, Values } from "../../engine/index.ts"
import type { Input } from "./agreement.ts"

/**
 * Random tensors, small and of every shape. They shrink to fewer axes, smaller ones and simpler
 * numbers.
 */

const axis = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.constant(0) })

/** Shapes with an axis of 0 now and then; rank 0 is a scalar. */
export const shapes = ({ min = 0, max = 4, empty = true } = {}): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(empty ? axis : fc.integer({ min: 1, max: 4 }), { minLength: min, maxLength: max })

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, size) => product * size, 1)

/** Two shapes that broadcast to the first. */
export const broadcastable = (): fc.Arbitrary<readonly [ReadonlyArray<number>, ReadonlyArray<number>]> =>
  shapes().chain((shape) =>
    fc
      .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
      .map(([dropped, kept]) => [shape, shape.map((size, at) => (kept[at] ? size : 1)).slice(dropped)] as const),
  )

/** Two shapes that broadcast together, either of which may be the smaller one in each axis. */
export const pairs = (): fc.Arbitrary<readonly [ReadonlyArray<number>, ReadonlyArray<number>]> =>
  broadcastable().chain(([whole, part]) =>
    fc.tuple(fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }), fc.boolean()).map(([kept, swap]) => {
      const offset = whole.length - part.length
      // Where the smaller shape has the whole axis, the larger may give it up.
      const other = whole.map((size, at) => (at >= offset && part[at - offset] === size && kept[at] ? 1 : size))
      return swap ? ([part, other] as const) : ([other, part] as const)
    }),
  )

/**
 * Eighths and arbitrary floats between the bounds, few digits first. No denormals: programs take
 * them for 0, and so does all JavaScript on a thread that has made a session.
 */
export const floats = (min = -4, max = 4): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: Math.ceil(min * 8), max: Math.floor(max * 8) }).map((eighths) => eighths / 8),
    fc.double({ min, max, noNaN: true }).map((number) => (Math.abs(number) < 2 ** -126 ? 0 : Math.fround(number))),
  )

export const special = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e30, -1e30, 1e-30)

export const integers = (min = -6, max = 6): fc.Arbitrary<number> => fc.integer({ min, max })

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

const element = (dtype: TensorSpec["dtype"]): fc.Arbitrary<number> =>
  dtype === "float32" ? floats() : dtype === "int32" ? integers() : fc.integer({ min: 0, max: 1 })

/** A tensor of this shape, of these elements or usual ones. */
export const tensor = ({ shape, dtype }: TensorSpec, elements = element(dtype)): fc.Arbitrary<Input> => {
  const size = sizeOf(shape)
  return fc
    .array(elements, { minLength: size, maxLength: size })
    .map((values) => ({ shape, dtype, values: arrays[dtype].from(values) as Values }))
}

export const float = (shape: ReadonlyArray<number>, elements?: fc.Arbitrary<number>): fc.Arbitrary<Input> =>
  tensor({ shape, dtype: "float32" }, elements)
export const int = (shape: ReadonlyArray<number>, elements?: fc.Arbitrary<number>): fc.Arbitrary<Input> =>
  tensor({ shape, dtype: "int32" }, elements)
export const bool = (shape: ReadonlyArray<number>): fc.Arbitrary<Input> => tensor({ shape, dtype: "bool" })

/** An axis of a shape, counted from either side. */
export const axisOf = (shape: ReadonlyArray<number>): fc.Arbitrary<number> => fc.integer({ min: -shape.length, max: shape.length - 1 })

/** Some axes of a shape, in any order, or none given at all. */
export const axesOf = (shape: ReadonlyArray<number>): fc.Arbitrary<Array<number> | undefined> =>
  fc.option(
    fc.subarray([...shape.keys()]).chain((axes) => fc.tuple(...axes.map((at) => fc.constantFrom(at, at - shape.length)))),
    { nil: undefined },
  )
