import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { float, shapes, sizeOf } from "../arbitrary.ts"

/**
 * Operations of any kind after one another: what one leaves spread out, folded, shared or reshaped,
 * the next must take as it is.
 */

/**
 * One operation on tensors made so far, or undefined where it does not fit them. `choice` decides
 * what it leaves open.
 */
type Step = (x: tf.Tensor, y: tf.Tensor, choice: number) => tf.Tensor | undefined

const broadcasts = (x: tf.Tensor, y: tf.Tensor): boolean =>
  x.shape.every((size, axis) => {
    const other = y.shape[axis - x.rank + y.rank] ?? 1
    return size === other || size === 1 || other === 1
  })

const axis = (x: tf.Tensor, choice: number): number => choice % Math.max(1, x.rank)

const elementwise =
  (operation: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor): Step =>
  (x, y) =>
    broadcasts(x, y) ? operation(x, y) : undefined

const steps: ReadonlyArray<Step> = [
  elementwise(tf.add),
  elementwise(tf.sub),
  elementwise(tf.mul),
  elementwise((x, y) => tf.div(x, tf.add(tf.square(y), 1))),
  elementwise((x, y) => tf.where(tf.greaterEqual(x, y), x, y)),
  (x) => tf.tanh(x),
  (x) => tf.sigmoid(x),
  (x) => tf.relu(x),
  (x) => tf.mul(x, 0.5),
  (x) => tf.onesLike(x),
  (x) => tf.zerosLike(x),
  (x, _, choice) => tf.fill(x.shape, choice / 4),
  (x, _, choice) => (x.rank > 0 ? tf.sum(x, axis(x, choice), choice % 2 === 0) : undefined),
  (x, _, choice) => (x.rank > 0 ? tf.mean(x, axis(x, choice), choice % 2 === 1) : undefined),
  (x, _, choice) => (x.rank > 0 ? tf.max(x, axis(x, choice), true) : undefined),
  (x) => (x.rank > 0 ? tf.softmax(x) : undefined),
  (x) => tf.reshape(x, [x.size]),
  (x) => tf.reshape(x, [1, x.size, 1]),
  (x) => (x.size === 1 ? tf.reshape(x, []) : undefined),
  (x) => tf.transpose(x),
  (x, _, choice) => (x.rank < 4 ? tf.expandDims(x, choice % (x.rank + 1)) : undefined),
  (x) => tf.squeeze(x),
  (x, _, choice) => (x.rank > 0 ? tf.reverse(x, axis(x, choice)) : undefined),
  (x, _, choice) => (x.rank > 0 ? tf.gather(x, tf.tensor1d([0, (x.shape[0] as number) - 1, 0], "int32"), 0) : tf.mul(x, choice)),
  (x) => (x.rank > 0 ? tf.slice(x, 0, Math.ceil((x.shape[0] as number) / 2)) : undefined),
  (x) => (x.rank > 0 && x.size < 60 ? tf.concat([x, x], x.rank - 1) : undefined),
  (x) => (x.rank < 4 && x.size < 60 ? tf.stack([x, tf.neg(x)]) : undefined),
  (x, _, choice) =>
    x.rank > 0 && x.size < 60
      ? tf.tile(
          x,
          x.shape.map((_, at) => (at === axis(x, choice) ? 2 : 1)),
        )
      : undefined,
  (x) =>
    x.rank > 0 && x.size < 60
      ? tf.pad(
          x,
          x.shape.map(() => [1, 0] as [number, number]),
        )
      : undefined,
  (x, y) => (x.rank === 2 && y.rank === 2 && x.shape[1] === y.shape[0] ? tf.matMul(x, y) : undefined),
  (x) => (x.rank >= 2 ? tf.matMul(x, x, false, true) : undefined),
  (x) => (x.rank >= 2 ? tf.matMul(x, x, true, false) : undefined),
  (x) => (x.rank > 0 ? tf.cumsum(x, x.rank - 1) : undefined),
]

interface Chosen {
  readonly step: number
  readonly left: number
  readonly right: number
  readonly choice: number
}

const compute = (chosen: ReadonlyArray<Chosen>, x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  const tensors = [x, y]
  for (const { step, left, right, choice } of chosen) {
    const at = (index: number): tf.Tensor => tensors[tensors.length - 1 - (index % tensors.length)] as tf.Tensor
    const result = (steps[step] as Step)(at(left), at(right), choice)
    if (result !== undefined && result.size <= 200) tensors.push(result)
  }
  // Both inputs take part, so that there is a gradient by both.
  return tf.addN(tensors.map((tensor) => tf.mean(tensor)))
}

const program = (x: Input, y: Input, chosen: ReadonlyArray<Chosen>): Case => ({
  title: `steps ${chosen.map(({ step, left, right, choice }) => `${step}(${left}, ${right}, ${choice})`).join(" ")}`,
  inputs: { x, y },
  run: ({ x, y }) => compute(chosen, x as tf.Tensor, y as tf.Tensor),
  gradients: ["x", "y"],
  tolerance: 1e-4,
})

export const compositionCase: fc.Arbitrary<Case> = shapes({ max: 3, empty: false })
  .filter((shape) => sizeOf(shape) <= 30)
  .chain((shape) =>
    fc.tuple(
      float(shape),
      float([...shape].reverse()),
      fc.array(fc.record({ step: fc.nat(steps.length - 1), left: fc.nat(4), right: fc.nat(4), choice: fc.nat(5) }), { maxLength: 12 }),
    ),
  )
  .map(([x, y, chosen]) => program(x, y, chosen))
