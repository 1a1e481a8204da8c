import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case } from "../agreement.ts"
import { float, int } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

const size = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.constant(0) })
const stacks = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 })

interface Factors {
  readonly a: ReadonlyArray<number>
  readonly b: ReadonlyArray<number>
  readonly stack: ReadonlyArray<number>
  readonly rows: number
  readonly columns: number
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/**
 * Shapes of two factors, transposed or not; `stack` is theirs, or that of the product if they
 * broadcast.
 */
const factors = (stack: fc.Arbitrary<ReadonlyArray<number>>): fc.Arbitrary<Factors> =>
  fc
    .tuple(stack, size, fc.integer({ min: 1, max: 4 }), size, fc.boolean(), fc.boolean())
    .map(([stack, rows, inner, columns, transposeA, transposeB]) => ({
      a: [...stack, ...(transposeA ? [inner, rows] : [rows, inner])],
      b: [...stack, ...(transposeB ? [columns, inner] : [inner, columns])],
      stack,
      rows,
      columns,
      transposeA,
      transposeB,
    }))

const describe = ({ transposeA, transposeB }: Factors): string => `matMul ${transposeA ? "aᵀ" : "a"}·${transposeB ? "bᵀ" : "b"}`

const product: fc.Arbitrary<Case> = factors(stacks).chain((shapes) =>
  fc.tuple(float(shapes.a), float(shapes.b)).map(([a, b]) => ({
    title: describe(shapes),
    inputs: { a, b },
    run: ({ a, b }: Readonly<Record<string, tf.Tensor>>) => tf.matMul(a as tf.Tensor, b as tf.Tensor, shapes.transposeA, shapes.transposeB),
    gradients: ["a", "b"],
  })),
)

const integerProduct: fc.Arbitrary<Case> = factors(stacks).chain((shapes) =>
  fc.tuple(int(shapes.a), int(shapes.b)).map(([a, b]) => ({
    title: describe(shapes),
    inputs: { a, b },
    run: ({ a, b }: Readonly<Record<string, tf.Tensor>>) => tf.matMul(a as tf.Tensor, b as tf.Tensor, shapes.transposeA, shapes.transposeB),
  })),
)

/** tfjs has no gradient for stacks that broadcast. */
const broadcastProduct: fc.Arbitrary<Case> = fc
  .tuple(factors(stacks.filter((stack) => stack.length > 0)), fc.constantFrom("one", "none"), fc.boolean())
  .chain(([shapes, how, left]) => {
    const small = (shape: ReadonlyArray<number>) => [...(how === "one" ? shapes.stack.map(() => 1) : []), ...shape.slice(-2)]
    const [a, b] = left ? [small(shapes.a), shapes.b] : [shapes.a, small(shapes.b)]
    return fc.tuple(float(a), float(b)).map(([a, b]) => ({
      title: `broadcasting ${describe(shapes)}`,
      inputs: { a, b },
      run: ({ a, b }: Readonly<Record<string, tf.Tensor>>) =>
        tf.matMul(a as tf.Tensor, b as tf.Tensor, shapes.transposeA, shapes.transposeB),
    }))
  })

const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const

const fusedProduct: fc.Arbitrary<Case> = fc
  .tuple(factors(stacks), fc.constantFrom(...activations), fc.constantFrom("none", "columns", "scalar", "whole"))
  .chain(([shapes, activation, kind]) => {
    const { stack, rows, columns, transposeA, transposeB } = shapes
    const whole = stack.length > 1 ? [rows, columns] : [...stack, rows, columns]
    const biasShape = { none: [columns], columns: [columns], scalar: [], whole }[kind]
    return fc.tuple(float(shapes.a), float(shapes.b), float(biasShape), float([columns])).map(([a, b, bias, slope]) => ({
      title: `fused ${describe(shapes)}, bias ${kind}, ${activation}`,
      inputs: { a, b, bias, slope },
      run: ({ a, b, bias, slope }: Readonly<Record<string, tf.Tensor>>) =>
        tf.fused.matMul({
          a: a as tf.Tensor,
          b: b as tf.Tensor,
          transposeA,
          transposeB,
          activation,
          leakyreluAlpha: 0.3,
          ...(kind === "none" ? {} : { bias: bias as tf.Tensor }),
          ...(activation === "prelu" ? { preluActivationWeights: slope as tf.Tensor } : {}),
        }),
      // Of these activations tfjs fuses the gradient of the first two, and composes the others. It
      // fails for a bias of many axes.
      ...(kind === "whole" ? {} : { gradients: ["a", "b", ...(kind === "none" ? [] : ["bias"])] }),
    }))
  })

/** Letters have the sizes 2, 3, 4. */
const equations = [
  ...["ij,jk->ik", "ij,jk->ki", "bij,bjk->bik", "bij,bjk->kbi", "bij,kj->bik", "jbi,ikb->kj", "bij,jib->"],
  ...["ij,ij->", "i,j->ij", "i,j->ji", "ij,j->i", "ij,j->ij", "ij,ji->ji"],
  ...["ij->ji", "ij->i", "bij->jb", "bij->"],
]

const einsum: fc.Arbitrary<Case> = fc.constantFrom(...equations).chain((equation) => {
  const operands = (equation.split("->")[0] as string).split(",")
  const shapes = operands.map((letters) => [...letters].map((letter) => 2 + ("bijk".indexOf(letter) % 3)))
  return fc.tuple(...shapes.map((shape) => float(shape))).map((tensors) => ({
    title: `einsum ${equation}`,
    inputs: Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])),
    run: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.einsum(equation, ...Object.values(inputs)),
  }))
})

export const linearCases: Cases = {
  BatchMatMul: fc.oneof(
    { weight: 3, arbitrary: product },
    { weight: 1, arbitrary: broadcastProduct },
    { weight: 1, arbitrary: integerProduct },
  ),
  _FusedMatMul: fusedProduct,
  Einsum: einsum,
}
