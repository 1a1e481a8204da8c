import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting } from "../../engine/index.ts"
import type { Configuration } from "../../learning/policy/configuration.ts"
import { median } from "./workload.ts"

/** A product of matrices (or stacks of them) that a training step computes `count` times. */
interface Product {
  readonly a: ReadonlyArray<number>
  readonly b: ReadonlyArray<number>
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly count: number
}

/** The products of one step, forward and backward. */
const productsOfStep = ({ width, layers, heads, vocabulary }: Configuration, batch: number, length: number): ReadonlyArray<Product> => {
  const rows = batch * length
  const layer = (input: number, output: number, count: number, of = rows): ReadonlyArray<Product> => [
    { a: [of, input], b: [input, output], transposeA: false, transposeB: false, count },
    { a: [of, output], b: [input, output], transposeA: false, transposeB: true, count },
    { a: [of, input], b: [of, output], transposeA: true, transposeB: false, count },
  ]
  const stack = [batch, heads]
  const wide = [...stack, length, length]
  const narrow = [...stack, length, width / heads]
  return [
    ...layer(width, 3 * width, layers),
    ...layer(width, width, layers),
    ...layer(width, 4 * width, layers),
    ...layer(4 * width, width, layers),
    ...layer(width, vocabulary, 1, batch * (length - 1)),
    { a: narrow, b: narrow, transposeA: false, transposeB: true, count: 2 * layers },
    { a: wide, b: narrow, transposeA: false, transposeB: false, count: 2 * layers },
    { a: wide, b: narrow, transposeA: true, transposeB: false, count: 2 * layers },
  ]
}

/** Milliseconds that the products of a training step take one by one, each at the rate that the engine reaches for its shape. */
export const productsOf = async (configuration: Configuration, batch: number, length: number, setting: EngineSetting): Promise<number> => {
  let total = 0
  for (const { a, b, transposeA, transposeB, count } of productsOfStep(configuration, batch, length)) {
    const program = await compile(
      (inputs) => ({ product: tf.matMul(inputs.a as tf.Tensor, inputs.b as tf.Tensor, transposeA, transposeB) }),
      { a: { shape: a, dtype: "float32" }, b: { shape: b, dtype: "float32" } },
      setting,
    )
    const values = (shape: ReadonlyArray<number>) =>
      Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, index) => (index % 17) / 17)
    const inputs = { a: values(a), b: values(b) }
    const into = await program.run(inputs)
    const times: Array<number> = []
    for (let round = 0; round < 9; round++) {
      const start = performance.now()
      await program.run(inputs, into)
      times.push(performance.now() - start)
    }
    total += count * median(times)
  }
  return total
}
