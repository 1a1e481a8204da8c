import * as tf from "@tensorflow/tfjs"
import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile } from "../../../engine/index.ts"
import { dpo, ipo, Loss } from "../../../learning/objective/loss.ts"
import { marginLoss } from "../../../learning/objective/margin-loss.ts"
import { oneThread } from "../support/stage.ts"

/** Loss and derivative of every margin, by the engine that trains. */
const evaluate = async (loss: Loss, margins: ReadonlyArray<number>) => {
  const program = await compile(
    ({ margins: given }) => {
      const { value, grad } = tf.valueAndGrad((x) => tf.sum(marginLoss(loss, x as tf.Tensor1D)))(given as tf.Tensor)
      return { total: value, values: marginLoss(loss, given as tf.Tensor1D), derivatives: grad }
    },
    { margins: { shape: [margins.length], dtype: "float32" } },
    oneThread,
  )
  const { values, derivatives } = await program.run({ margins: Float32Array.from(margins) })
  return { values: [...(values as Float32Array)], derivatives: [...(derivatives as Float32Array)] }
}

/** The losses as papers print them, in double precision. */
const ipoLoss = (margin: number, beta: number) => (beta * margin - 0.5) ** 2
const dpoLoss = (margin: number, beta: number) => Math.log1p(Math.exp(-Math.abs(beta * margin))) + Math.max(0, -beta * margin)

const betas = [0.05, 0.1, 1] as const
const margins = [-40, -12.5, -3, -0.7, 0, 0.3, 1, 4.9, 5, 5.1, 17, 60]

describe.each([
  ["ipo", ipo, ipoLoss],
  ["dpo", dpo, dpoLoss],
] as const)("%s", (_, make, exact) => {
  test.each(betas)("has the values and derivatives of its formula at β = %d", async (beta) => {
    const { values, derivatives } = await evaluate(make({ beta }), margins)
    for (const [index, margin] of margins.entries()) {
      const scale = Math.max(1, Math.abs(exact(margin, beta)))
      expect((values[index] as number) / scale).toBeCloseTo(exact(margin, beta) / scale, 5)
      const h = 1e-4
      const slope = (exact(margin + h, beta) - exact(margin - h, beta)) / (2 * h)
      expect(derivatives[index]).toBeCloseTo(slope, 4)
    }
  })

  test("stays finite far from where it is small", async () => {
    const { values, derivatives } = await evaluate(make({ beta: 1 }), [-5000, 5000])
    for (const value of [...values, ...derivatives]) expect(Number.isFinite(value)).toBe(true)
  })
})

test("IPO is smallest where the margin is 1/(2β), and knows no better", async () => {
  for (const beta of betas) {
    const target = 1 / (2 * beta)
    const { values, derivatives } = await evaluate(ipo({ beta }), [target, target - 1, target + 1])
    expect(values[0]).toBeCloseTo(0, 10)
    expect(derivatives[0]).toBeCloseTo(0, 6)
    expect(derivatives[1]).toBeCloseTo(-2 * beta * beta, 6)
    expect(derivatives[2]).toBeCloseTo(2 * beta * beta, 6)
  }
})

test("DPO of a pair and of the exchanged pair are the two halves of a log-likelihood: their probabilities add up to 1", async () => {
  const { values } = await evaluate(dpo({ beta: 0.3 }), margins)
  const { values: exchanged } = await evaluate(
    dpo({ beta: 0.3 }),
    margins.map((margin) => -margin),
  )
  for (const [index, value] of values.entries()) expect(Math.exp(-value) + Math.exp(-(exchanged[index] as number))).toBeCloseTo(1, 5)
})

test("a loss is a parameter: it reads what it wrote, and refuses a β that is not above 0", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constantFrom(ipo, dpo), (beta, make) => {
      expect(Schema.decodeUnknownSync(Loss)(JSON.parse(JSON.stringify(make({ beta }))))).toEqual(make({ beta }))
    }),
  )
  for (const beta of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => Schema.decodeUnknownSync(Loss)(ipo({ beta }))).toThrow()
})
