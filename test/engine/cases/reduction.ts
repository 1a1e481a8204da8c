import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { axesOf, axisOf, bool, float, floats, int, shapes, special } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

type Fold = (x: tf.Tensor, axis?: Array<number>, keepDims?: boolean) => tf.Tensor
type Maker = (shape: ReadonlyArray<number>) => fc.Arbitrary<Input>

/**
 * Over every choice of axes, kept or not, of each kind of tensor that `makers` makes; the first
 * kind has a gradient.
 */
const fold = (
  title: string,
  operation: Fold,
  makers: ReadonlyArray<Maker>,
  { differentiable = true, empty = true } = {},
): fc.Arbitrary<Case> =>
  fc.tuple(shapes({ empty }), fc.nat(makers.length - 1), fc.boolean()).chain(([shape, kind, keep]) =>
    fc.tuple((makers[kind] as Maker)(shape), axesOf(shape)).map(([x, axes]) => ({
      title: `${title} over ${axes ?? "all"}${keep ? ", kept" : ""}`,
      inputs: { x },
      run: ({ x }: Readonly<Record<string, tf.Tensor>>) => operation(x as tf.Tensor, axes, keep),
      ...(differentiable && kind === 0 ? { gradients: ["x"] } : {}),
      tolerance: 1e-4,
    })),
  )

const along = (title: string, operation: (x: tf.Tensor, axis: number) => tf.Tensor, makers: ReadonlyArray<Maker>): fc.Arbitrary<Case> =>
  fc.tuple(shapes({ min: 1, empty: false }), fc.nat(makers.length - 1)).chain(([shape, kind]) =>
    fc.tuple((makers[kind] as Maker)(shape), axisOf(shape)).map(([x, axis]) => ({
      title: `${title} along ${axis}`,
      inputs: { x },
      run: ({ x }: Readonly<Record<string, tf.Tensor>>) => operation(x as tf.Tensor, axis),
    })),
  )

type Running = (x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) => tf.Tensor

/** tfjs's cpu backend counts axes from the left only here. */
const running = (title: string, operation: Running, makers: ReadonlyArray<Maker>, differentiable: boolean): fc.Arbitrary<Case> =>
  fc.tuple(shapes({ min: 1 }), fc.nat(makers.length - 1), fc.boolean(), fc.boolean()).chain(([shape, kind, exclusive, reverse]) =>
    fc.tuple((makers[kind] as Maker)(shape), fc.nat(shape.length - 1)).map(([x, axis]) => ({
      title: `${title} along ${axis}${exclusive ? ", exclusive" : ""}${reverse ? ", reversed" : ""}`,
      inputs: { x },
      run: ({ x }: Readonly<Record<string, tf.Tensor>>) => operation(x as tf.Tensor, axis, exclusive, reverse),
      // tfjs's gradient fails along other axes.
      ...(differentiable && kind === 0 && axis === shape.length - 1 ? { gradients: ["x"] } : {}),
    })),
  )

const away: Maker = (shape) => float(shape, fc.oneof(floats(0.5, 2), floats(-2, -0.5)))
const strange: Maker = (shape) => float(shape, fc.oneof({ weight: 1, arbitrary: special }, { weight: 3, arbitrary: floats() }))

/** tfjs's gradient counts axes from the left only. */
const product: Fold = (x, axes, keep) =>
  tf.prod(
    x,
    axes?.map((axis) => (axis + x.rank) % x.rank),
    keep,
  )

const softmax: fc.Arbitrary<Case> = shapes({ min: 1, empty: false })
  .chain((shape) => float(shape, floats(-20, 20)))
  .map((logits) => ({
    title: "softmax",
    inputs: { logits },
    run: ({ logits }) => [tf.softmax(logits as tf.Tensor), tf.logSoftmax(logits as tf.Tensor), tf.logSumExp(logits as tf.Tensor, -1)],
    gradients: ["logits"],
  }))

const batchNorm: fc.Arbitrary<Case> = fc
  .tuple(shapes({ min: 2 }), fc.boolean(), fc.boolean(), floats(1e-3, 0.5))
  .chain(([shape, scaled, offset, epsilon]) => {
    const channels = shape.slice(-1)
    return fc
      .tuple(float(shape), float(channels), float(channels, floats(0.25, 4)), float(channels), float(channels))
      .map(([x, mean, variance, scale, shift]) => ({
        title: `batchNorm${scaled ? " scaled" : ""}${offset ? " offset" : ""}`,
        inputs: { x, mean, variance, scale, shift },
        run: ({ x, mean, variance, scale, shift }: Readonly<Record<string, tf.Tensor>>) =>
          tf.batchNorm(
            x as tf.Tensor4D,
            mean as tf.Tensor1D,
            variance as tf.Tensor1D,
            offset ? (shift as tf.Tensor1D) : undefined,
            scaled ? (scale as tf.Tensor1D) : undefined,
            epsilon,
          ),
        // tfjs's gradient fails where one of them is absent.
        ...(scaled && offset ? { gradients: ["x", "mean", "variance", "scale", "shift"] } : {}),
        tolerance: 1e-4,
      }))
  })

const moments: fc.Arbitrary<Case> = shapes({ empty: false })
  .chain((shape) => fc.tuple(float(shape), axesOf(shape), fc.boolean()))
  .map(([x, axes, keep]) => ({
    title: `moments over ${axes ?? "all"}`,
    inputs: { x },
    run: ({ x }) => {
      const { mean, variance } = tf.moments(x as tf.Tensor, axes, keep)
      return [mean, variance]
    },
    gradients: ["x"],
  }))

export const reductionCases: Cases = {
  All: fold("all", tf.all, [bool], { differentiable: false }),
  Any: fold("any", tf.any, [bool], { differentiable: false }),
  ArgMax: along("argMax", tf.argMax, [float, int, bool]),
  ArgMin: along("argMin", tf.argMin, [float, int, bool]),
  Cumprod: running("cumprod", tf.cumprod, [float, int], false),
  Cumsum: running("cumsum", tf.cumsum, [float, int, bool], true),
  FusedBatchNorm: batchNorm,
  Max: fold("max", tf.max, [float, int]),
  Mean: fc.oneof({ weight: 3, arbitrary: fold("mean", tf.mean, [float, int, bool]) }, { weight: 1, arbitrary: moments }),
  Min: fold("min", tf.min, [float, int]),
  Prod: fold("prod", product, [away, int]),
  Softmax: softmax,
  Sum: fold("sum", tf.sum, [float, int, bool, strange]),
}
