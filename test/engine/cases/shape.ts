import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { axesOf, axisOf, bool, broadcastable, float, floats, int, shapes, sizeOf } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

const kinds = fc.constantFrom(float, int, bool)
const types = fc.constantFrom("float32", "int32", "bool")

/** A tensor of any type and shape. */
const anyTensor = (shape: ReadonlyArray<number>): fc.Arbitrary<Input> => kinds.chain((make) => make(shape))

/** One use of an operation on `x`, with the gradient if `x` is of floats. */
const use = (title: string, x: Input, run: (x: tf.Tensor) => tf.Tensor | ReadonlyArray<tf.Tensor>): Case => ({
  title,
  inputs: { x },
  run: ({ x }) => run(x as tf.Tensor),
  ...(x.dtype === "float32" ? { gradients: ["x"] } : {}),
})

/** Without its gradient, where tfjs has none. */
const plainly = ({ title, inputs, run }: Case): Case => ({ title, inputs, run })

/**
 * A constant made while the function runs, beside an input so that there is something to compare.
 */
const constant = (title: string, make: () => tf.Tensor): fc.Arbitrary<Case> =>
  float([]).map((x) => plainly(use(title, x, (scalar) => [make(), tf.add(tf.cast(make(), "float32"), scalar)])))

/** tfjs does not broadcast to shapes that hold nothing. */
const broadcastTo: fc.Arbitrary<Case> = broadcastable()
  .filter(([whole]) => sizeOf(whole) > 0)
  .chain(([whole, part]) => float(part).map((x) => use(`broadcastTo [${whole}]`, x, (x) => tf.broadcastTo(x, [...whole]))))

const concat: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 1 }), kinds)
  .chain(([shape, make]) =>
    fc
      .tuple(fc.nat(shape.length - 1), fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }))
      .chain(([axis, sizes]) =>
        fc.tuple(fc.constant(axis), ...sizes.map((size) => make(shape.map((whole, at) => (at === axis ? size : whole))))),
      ),
  )
  .map(([axis, ...tensors]) => ({
    title: `concat along ${axis}`,
    inputs: Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])),
    run: (inputs) => tf.concat(Object.values(inputs), axis),
    ...gradientsOf(tensors),
  }))

const pack: fc.Arbitrary<Case> = fc
  .tuple(shapes({ max: 3 }), kinds, fc.integer({ min: 1, max: 4 }))
  .chain(([shape, make, count]) =>
    fc.tuple(fc.integer({ min: -1, max: shape.length }), ...Array.from({ length: count }, () => make(shape))),
  )
  .map(([axis, ...tensors]) => ({
    title: `stack along ${axis}`,
    inputs: Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])),
    run: (inputs) => tf.stack(Object.values(inputs), axis),
    ...(axis >= 0 ? gradientsOf(tensors) : {}),
  }))

const gradientsOf = (tensors: ReadonlyArray<Input>): Pick<Case, "gradients"> =>
  tensors[0]?.dtype === "float32" ? { gradients: tensors.map((_, index) => `x${index}`) } : {}

const expandDims: fc.Arbitrary<Case> = shapes({ max: 3 }).chain((shape) =>
  fc
    .tuple(anyTensor(shape), fc.integer({ min: -shape.length - 1, max: shape.length }))
    .map(([x, axis]) => use(`expandDims ${axis}`, x, (x) => tf.expandDims(x, axis))),
)

const fill: fc.Arbitrary<Case> = fc
  .tuple(shapes(), types)
  .chain(([shape, dtype]) => constant(`fill ${dtype}`, () => tf.fill([...shape], 1, dtype)))

const like = (title: string, make: (x: tf.Tensor) => tf.Tensor): fc.Arbitrary<Case> =>
  shapes()
    .chain(anyTensor)
    .map((x) => plainly(use(title, x, make)))

const identity: fc.Arbitrary<Case> = shapes()
  .chain(anyTensor)
  .map((x) => use("clone", x, tf.clone))

const range: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), fc.constantFrom(1, 2, 3), fc.constantFrom("float32", "int32"))
  .chain(([start, stop, step, dtype]) => {
    const signed = stop < start ? -step : step
    return constant(`range ${start} ${stop} ${signed}`, () => tf.range(start, stop, signed, dtype))
  })

const linspace: fc.Arbitrary<Case> = fc
  .tuple(floats(), floats(), fc.integer({ min: 1, max: 5 }))
  .chain(([start, stop, count]) => constant(`linspace ${start} ${stop}`, () => tf.linspace(start, stop, count)))

const paddings = (shape: ReadonlyArray<number>, limit: (size: number) => number) =>
  fc.tuple(...shape.map((size) => fc.tuple(fc.nat(limit(size)), fc.nat(limit(size)))))

const pad: fc.Arbitrary<Case> = shapes({ min: 1 }).chain((shape) =>
  fc
    .tuple(
      anyTensor(shape),
      paddings(shape, () => 2),
      fc.integer({ min: 0, max: 1 }),
    )
    .map(([x, amounts, value]) => use(`pad ${amounts.join(" ")}`, x, (x) => tf.pad(x, amounts, value))),
)

/**
 * tfjs's gradient cuts off what was padded without adding it up; ours, being tfjs's own, does so
 * too.
 */
const mirrorPad: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 1, empty: false }), fc.constantFrom("reflect", "symmetric"))
  .chain(([shape, mode]) =>
    fc
      .tuple(
        anyTensor(shape),
        paddings(shape, (size) => (mode === "reflect" ? size - 1 : size)),
      )
      .map(([x, amounts]) => use(`mirrorPad ${mode} ${amounts.join(" ")}`, x, (x) => tf.mirrorPad(x, amounts, mode as "reflect"))),
  )

const reshape: fc.Arbitrary<Case> = shapes().chain((shape) =>
  fc.tuple(anyTensor(shape), fc.nat(3), fc.boolean()).map(([x, split, infer]) => {
    const size = sizeOf(shape)
    const target = [shape.slice(0, split), shape.slice(split)].map((part) => part.reduce((product, axis) => product * axis, 1))
    const wanted = infer && size > 0 ? [target[0] as number, -1] : target
    return use(`reshape to [${wanted}]`, x, (x) => tf.reshape(x, wanted))
  }),
)

const reverse: fc.Arbitrary<Case> = shapes().chain((shape) =>
  fc.tuple(anyTensor(shape), axesOf(shape)).map(([x, axes]) => use(`reverse ${axes ?? "all"}`, x, (x) => tf.reverse(x, axes))),
)

const slice: fc.Arbitrary<Case> = shapes({ min: 1 }).chain((shape) =>
  fc
    .tuple(
      anyTensor(shape),
      fc.tuple(
        ...shape.map((size) => fc.nat(size).chain((begin) => fc.tuple(fc.constant(begin), fc.integer({ min: -1, max: size - begin })))),
      ),
    )
    .map(([x, parts]) => {
      const [begin, size] = [parts.map(([begin]) => begin), parts.map(([, size]) => size)]
      return use(`slice ${begin} of ${size}`, x, (x) => tf.slice(x, begin, size))
    }),
)

const split: fc.Arbitrary<Case> = shapes({ min: 1 }).chain((shape) =>
  axisOf(shape).chain((axis) => {
    const whole = shape.at(axis) as number
    const even = fc.constantFrom(...[1, 2, 3, 4].filter((parts) => whole % parts === 0))
    const uneven = fc.nat(whole).map((first) => [first, whole - first])
    return fc.tuple(anyTensor(shape), fc.oneof(even, uneven)).map(([x, parts]) => {
      const each = use(`split into ${parts} along ${axis}`, x, (x) => tf.split(x, parts, axis))
      // tfjs's gradient counts axes from the left only, and fails for one part.
      return axis < 0 || parts === 1 ? plainly(each) : each
    })
  }),
)

const stridedSlice: fc.Arbitrary<Case> = shapes({ min: 1, empty: false }).chain((shape) => {
  const bound = (size: number) => fc.integer({ min: -size - 1, max: size + 1 })
  const mask = fc.nat(2 ** shape.length - 1)
  return fc
    .tuple(fc.tuple(...shape.map((size) => fc.tuple(bound(size), bound(size), fc.constantFrom(1, 2, 3, -1, -2)))), mask, mask, fc.boolean())
    .map(([parts, beginMask, endMask, shrink]) => {
      const [begin, end, strides] = [0, 1, 2].map((which) => parts.map((part) => part[which] as number)) as [number[], number[], number[]]
      const first = begin[0] as number
      // tfjs's cpu backend takes one place of an axis only where it takes all others in order.
      const isPlace = first >= 0 && first < (shape[0] as number) && strides.every((stride) => stride === 1) && (beginMask & 1) === 0
      return { begin, end, strides, beginMask, endMask, shrinkMask: shrink && isPlace && shape.length > 1 ? 1 : 0 }
    })
    .filter(({ begin, end, strides, beginMask, endMask, shrinkMask }) => {
      // tfjs's cpu backend fails where nothing is left.
      const { finalShape } = tf.slice_util.sliceInfo([...shape], [...begin], [...end], [...strides], beginMask, endMask, 0, 0, shrinkMask)
      return sizeOf(finalShape) > 0
    })
    .chain(({ begin, end, strides, beginMask, endMask, shrinkMask }) =>
      anyTensor(shape).map((x) =>
        plainly(
          use(`stridedSlice ${begin} to ${end} by ${strides}, masks ${beginMask} ${endMask} ${shrinkMask}`, x, (x) =>
            tf.stridedSlice(x, begin, end, strides, beginMask, endMask, 0, 0, shrinkMask),
          ),
        ),
      ),
    )
})

const tile: fc.Arbitrary<Case> = shapes({ min: 1 }).chain((shape) =>
  fc.tuple(anyTensor(shape), fc.tuple(...shape.map(() => fc.integer({ min: 0, max: 3 })))).map(([x, reps]) => {
    const each = use(`tile ${reps}`, x, (x) => tf.tile(x, reps))
    return reps.includes(0) || sizeOf(shape) === 0 ? plainly(each) : each
  }),
)

const transpose: fc.Arbitrary<Case> = shapes().chain((shape) =>
  fc
    .tuple(anyTensor(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }))
    .map(([x, perm]) => use(`transpose ${perm}`, x, (x) => tf.transpose(x, perm))),
)

const unpack: fc.Arbitrary<Case> = shapes({ min: 1, empty: false }).chain((shape) =>
  fc.tuple(anyTensor(shape), fc.nat(shape.length - 1)).map(([x, axis]) => {
    const each = use(`unstack ${axis}`, x, (x) => tf.unstack(x, axis))
    // tfjs's gradient fails for one part.
    return shape[axis] === 1 ? plainly(each) : each
  }),
)

export const shapeCases: Cases = {
  Concat: concat,
  ExpandDims: expandDims,
  Fill: fill,
  Identity: identity,
  LinSpace: linspace,
  MirrorPad: mirrorPad,
  OnesLike: like("onesLike", tf.onesLike),
  Pack: pack,
  PadV2: pad,
  Range: range,
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  SplitV: split,
  StridedSlice: stridedSlice,
  Tile: fc.oneof(tile, broadcastTo),
  Transpose: transpose,
  Unpack: unpack,
  ZerosLike: like("zerosLike", tf.zerosLike),
}
