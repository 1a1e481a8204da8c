import type { TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { type Kernel, type Kernels, numeric } from "../kernel.ts"
import { matrixProduct } from "./linear.ts"
import { reduceSum } from "./reduction.ts"
import { transposed } from "./shape.ts"

/**
 * `tf.einsum` of one tensor or two, as sums, transpositions and one matrix product, which round
 * alike on any number of threads.
 */

/** A tensor whose axes have letters. */
interface Term {
  readonly value: Value
  readonly letters: string
}

const sizesOf = ({ value, letters }: Term, some: string): ReadonlyArray<number> =>
  [...some].map((letter) => value.shape[letters.indexOf(letter)] as number)

/** Sums over the letters that are not wanted. */
const summed = (backend: TracingBackend, { value, letters }: Term, wanted: string): Term => {
  const axes = [...letters].flatMap((letter, axis) => (wanted.includes(letter) ? [] : [axis]))
  const kept = [...letters].filter((letter) => wanted.includes(letter)).join("")
  return { value: reduceSum(backend, value, axes), letters: kept }
}

const ordered = (backend: TracingBackend, { value, letters }: Term, wanted: string): Value =>
  transposed(
    backend,
    value,
    [...wanted].map((letter) => letters.indexOf(letter)),
  )

const product = (backend: TracingBackend, left: Term, right: Term, output: string): Term => {
  const a = summed(backend, left, right.letters + output)
  const b = summed(backend, right, left.letters + output)
  const pick = (from: Term, test: (letter: string) => boolean): string => [...from.letters].filter(test).join("")
  const shared = (letter: string): boolean => a.letters.includes(letter) && b.letters.includes(letter)
  const stack = pick(a, (letter) => shared(letter) && output.includes(letter))
  const contracted = pick(a, (letter) => shared(letter) && !output.includes(letter))
  const rows = pick(a, (letter) => !shared(letter))
  const columns = pick(b, (letter) => !shared(letter))
  const matrices = (term: Term, first: string, second: string): Value =>
    backend.reshape(
      ordered(backend, term, stack + first + second),
      [stack, first, second].map((some) => sizeOf(sizesOf(term, some))),
    )
  const value = matrixProduct(backend, {
    a: matrices(a, rows, contracted),
    b: matrices(b, contracted, columns),
    transposeA: false,
    transposeB: false,
  })
  const shape = [...sizesOf(a, stack + rows), ...sizesOf(b, columns)]
  return { value: backend.reshape(value, shape), letters: stack + rows + columns }
}

const einsum: Kernel = (call) => {
  const { backend, inputs, attributes } = call
  const [operands = "", output = ""] = attributes.equation.replaceAll(" ", "").split("->")
  const terms = operands.split(",").map((letters, index): Term => {
    const tensor = Object.values(inputs)[index] as Parameters<typeof numeric>[1]
    return { value: backend.expand(numeric(call, tensor), tensor.shape), letters }
  })
  const [first, second] = terms as [Term, Term | undefined]
  const result = second === undefined ? summed(backend, first, output) : product(backend, first, second, output)
  const value = ordered(backend, result, output)
  return backend.tensor(value, value.shape)
}

export const einsums: Kernels = { Einsum: einsum }
