import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { type Case, eager, expectSameResults, type Input, type Results, traced } from "./agreement.ts"
import { cachedAttentionCase } from "./cases/attention.ts"
import { binaryCases } from "./cases/binary.ts"
import type { Cases } from "./cases/cases.ts"
import { compositionCase } from "./cases/composition.ts"
import { fusedCases } from "./cases/fused.ts"
import { indexingCases } from "./cases/indexing.ts"
import { linearCases } from "./cases/linear.ts"
import { lossCases } from "./cases/losses.ts"
import { reductionCases } from "./cases/reduction.ts"
import { shapeCases } from "./cases/shape.ts"
import { unaryCases } from "./cases/unary.ts"
import { registerTensorflow, sayNotTested, tensorflow } from "./tensorflow.ts"

/**
 * TensorFlow's C++ as an oracle of the traced kernels: unlike tfjs's backends `cpu` and `wasm`,
 * nothing of it is JavaScript, or shared with what traces.
 */
sayNotTested("kernels against TensorFlow")

const has = (dtype: Input["dtype"]) => (each: Case) => Object.values(each.inputs).some((input) => input.dtype === dtype)
const inputOf = ({ inputs }: Case, name: string): Input => inputs[name] as Input

interface Exclusion {
  readonly kernels: ReadonlyArray<string>
  readonly why: string
  readonly applies: (each: Case) => boolean
}

/** Where TensorFlow computes nothing, or something else than TensorFlow.js defines. */
const exclusions: ReadonlyArray<Exclusion> = [
  {
    kernels: ["BitwiseAnd", "DenseBincount", "SearchSorted"],
    why: "the binding has no kernel",
    applies: () => true,
  },
  {
    kernels: [
      ...["Acosh", "Asinh", "Atan", "Atan2", "Expm1", "IsFinite", "IsInf", "IsNan", "LeakyRelu", "Log1p"],
      ...["Reciprocal", "Selu", "Sinh", "Softplus", "Step"],
    ],
    why: "TensorFlow's kernel takes no int32",
    applies: has("int32"),
  },
  {
    kernels: ["Greater", "GreaterEqual", "Less", "LessEqual", "Diag", "Cumsum"],
    why: "TensorFlow's kernel takes no bool",
    applies: has("bool"),
  },
  {
    kernels: ["FloorDiv"],
    why: "TensorFlow gives float32 for float32, and tfjs int32",
    applies: has("float32"),
  },
  {
    kernels: ["FloorDiv", "Mod"],
    why: "TensorFlow refuses an int32 divisor of 0",
    applies: (each) => inputOf(each, "b").dtype === "int32" && Array.from(inputOf(each, "b").values).includes(0),
  },
  {
    kernels: ["SparseToDense"],
    why: "TensorFlow wants indices in order, and none twice",
    applies: (each) => !isSorted(inputOf(each, "indices")),
  },
  {
    kernels: ["Mean"],
    why: "the mean of nothing is 0 in tfjs, and NaN in TensorFlow",
    applies: (each) => Object.values(each.inputs).some(({ shape }) => shape.includes(0)),
  },
  {
    kernels: ["Sign"],
    why: "the sign of NaN is 0 in tfjs, and NaN in TensorFlow",
    applies: (each) => Array.from(inputOf(each, "x").values).some(Number.isNaN),
  },
]

/** Whether rows come in lexicographic order, each once. */
const isSorted = ({ values, shape }: Input): boolean => {
  const [count = 0, depth = 1] = shape
  const rows = Array.from({ length: count }, (_, row) => Array.from(values.slice(row * depth, (row + 1) * depth)))
  return rows.every((row, index) => index === 0 || isBefore(rows[index - 1] as ReadonlyArray<number>, row))
}

const isBefore = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean => {
  const at = a.findIndex((value, index) => value !== b[index])
  return at >= 0 && (a[at] as number) < (b[at] as number)
}

const exclusionOf = (kernel: string, each: Case): Exclusion | undefined =>
  exclusions.find(({ kernels, applies }) => kernels.includes(kernel) && applies(each))

const problemOf = (each: Case, actual: Results): string | undefined => {
  try {
    expectSameResults(each, actual, eager(each, each.definition ?? each.run))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const families: Readonly<Record<string, Cases>> = {
  arithmetic: binaryCases,
  "functions of one tensor": unaryCases,
  reductions: reductionCases,
  products: linearCases,
  shapes: shapeCases,
  indices: indexingCases,
  losses: lossCases,
  "fused operations and their definitions": { ...fusedCases, cachedAttention: cachedAttentionCase },
  "compositions of all": { composition: compositionCase },
}

/** Cases of one kernel. */
const samples = 30

describe.skipIf(tensorflow === undefined)("traced kernels agree with TensorFlow", () => {
  beforeAll(registerTensorflow)
  /** What an exclusion has kept from being compared, and differs indeed. */
  const needed = new Set<Exclusion>()
  let compared = 0

  test.each(Object.entries(families))("%s: values and gradients", async (_, cases) => {
    const differences: Array<string> = []
    for (const [kernel, arbitrary] of Object.entries(cases)) {
      const drawn = fc.sample(arbitrary, { seed: 4, numRuns: samples })
      const actual = await traced(drawn, 1)
      await tf.setBackend("tensorflow")
      for (const [index, each] of drawn.entries()) {
        const exclusion = exclusionOf(kernel, each)
        const problem = problemOf(each, actual[index] as Results)
        if (exclusion === undefined) compared += 1
        if (problem !== undefined && exclusion === undefined) differences.push(`${kernel}: ${problem}`)
        if (problem !== undefined && exclusion !== undefined) needed.add(exclusion)
      }
    }
    expect(differences).toEqual([])
  })

  test("of more than 3,500 cases, and nothing is excluded that agrees", () => {
    expect(exclusions.filter((each) => !needed.has(each)).map(({ why }) => why)).toEqual([])
    expect(compared).toBeGreaterThan(3500)
  })
})
