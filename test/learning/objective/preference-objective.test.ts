import * as tf from "@tensorflow/tfjs"
import { DeclarationError, stage as declare, files } from "assay"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile } from "../../../engine/index.ts"
import { type Loss, LossParameter } from "../../../learning/objective/loss.ts"
import {
  bo2,
  cdpo,
  dpo,
  exponential,
  ipo,
  ipoAveraged,
  kto,
  savage,
  simpo,
  slic,
  truncatedQuadratic,
} from "../../../learning/objective/losses.ts"
import { type PairedResponses, preferenceObjective } from "../../../learning/objective/preference-objective.ts"
import { load } from "../support/loss.ts"
import { oneThread } from "../support/stage.ts"

const stage = declare({
  name: "use",
  inputs: {},
  parameters: { loss: LossParameter },
  outputs: { out: files("out") },
  run: () => import("../support/loss.ts"),
})

type Batch = { readonly [K in keyof PairedResponses]: ReadonlyArray<number> }

/** Report and slopes ∂loss/∂ log π of every response, by the engine that trains. */
const evaluate = async (loss: Loss, batch: Batch) => {
  const pairLoss = await load(loss)
  const program = await compile(
    ({ logp, ...rest }) => {
      const objective = (x: tf.Tensor) => preferenceObjective(pairLoss, { ...(rest as unknown as PairedResponses), logp: x as tf.Tensor1D })
      return { ...objective(logp as tf.Tensor), slopes: tf.grad((x) => objective(x).loss)(logp as tf.Tensor) }
    },
    Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, { shape: [values.length], dtype: "float32" }])),
    oneThread,
  )
  const { slopes, ...report } = await program.run(
    Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, Float32Array.from(values)])),
  )
  return {
    slopes: [...(slopes as Float32Array)],
    report: Object.fromEntries(Object.entries(report).map(([name, value]) => [name, value[0] as number])),
  }
}

/** A response as the formulas of the papers name it. */
interface Side {
  readonly logp: number
  readonly r: number
  readonly tokens: number
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const byMargin = (f: (z: number) => number, beta: number) => (w: Side, l: Side) => f(beta * (w.r - l.r))

/**
 * Every loss with its formula as papers print it, in double precision. `point` is KTO's reference
 * point.
 */
const losses: ReadonlyArray<readonly [string, Loss, (w: Side, l: Side, point: number) => number]> = [0.05, 0.3, 1].flatMap((beta) => [
  [`ipo ${beta}`, ipo({ beta }), byMargin((z) => (z - 1 / 2) ** 2, beta)],
  [`dpo ${beta}`, dpo({ beta }), byMargin((z) => -Math.log(sigmoid(z)), beta)],
  [`cdpo ${beta}`, cdpo({ beta, smoothing: 0.2 }), byMargin((z) => -0.8 * Math.log(sigmoid(z)) - 0.2 * Math.log(sigmoid(-z)), beta)],
  [`slic ${beta}`, slic({ beta }), byMargin((z) => Math.max(0, 1 - z), beta)],
  [`exponential ${beta}`, exponential({ beta }), byMargin((z) => Math.exp(-z), beta)],
  [`truncated quadratic ${beta}`, truncatedQuadratic({ beta }), byMargin((z) => Math.max(0, 1 - z) ** 2, beta)],
  [`savage ${beta}`, savage({ beta }), byMargin((z) => 1 / (1 + Math.exp(z)) ** 2, beta)],
  [
    `kto ${beta}`,
    kto({ beta, desirable: 1.5 }),
    (w, l, point) => (1.5 * (1 - sigmoid(beta * (w.r - point))) + (1 - sigmoid(beta * (point - l.r)))) / 2,
  ],
  [
    `simpo ${beta}`,
    simpo({ beta: 10 * beta, gamma: 0.7 }),
    (w, l) => -Math.log(sigmoid(10 * beta * (w.logp / w.tokens - l.logp / l.tokens) - 0.7)),
  ],
  [`ipo averaged ${beta}`, ipoAveraged({ beta }), (w, l) => (w.r / w.tokens - l.r / l.tokens - 1 / (2 * beta)) ** 2],
  [`bo2 ${beta}`, bo2(), (w) => -w.logp],
])

/** Margins from −14 to 12 nats, on both sides of every kink; the third pair is a tie. */
const batch: Batch = {
  logp: [-12, -40, -21, -18.5, -33, -25, -20, -22, -30, -19],
  reference: [-18, -36, -23, -21, -43, -26, -18, -28, -32.5, -27],
  tokens: [4, 13, 7, 6, 11, 8, 9, 5, 8, 7],
  weight: [1, 1, 0, 1, 0.5],
}
const negative: Batch = { ...batch, reference: batch.reference.map((value) => value + 9) }

const side = ({ logp, reference, tokens }: Batch, index: number): Side => ({
  logp: logp[index] as number,
  r: (logp[index] as number) - (reference[index] as number),
  tokens: tokens[index] as number,
})
const mean = ({ weight }: Batch, of: (pair: number) => number) =>
  weight.reduce((sum, each, pair) => sum + each * of(pair), 0) / weight.reduce((sum, each) => sum + each, 0)
const pointOf = (given: Batch) =>
  Math.max(
    0,
    mean(given, (pair) => (side(given, pair).r + side(given, pair + 5).r) / 2),
  )

describe.each(losses)("%s", (_, loss, formula) => {
  test.each([
    ["ratios above and below 0", batch],
    ["ratios mostly below 0", negative],
  ])("has the value and the slopes of its formula at %s", async (_, given) => {
    const point = pointOf(given)
    const exact = (at: Batch) => mean(at, (pair) => formula(side(at, pair), side(at, pair + 5), point))
    const { report, slopes } = await evaluate(loss, given)
    const scale = Math.max(1, Math.abs(exact(given)))
    expect((report.loss as number) / scale).toBeCloseTo(exact(given) / scale, 4)
    const h = 1e-5
    for (const [index, slope] of slopes.entries()) {
      const moved = (by: number) => ({ ...given, logp: given.logp.map((value, place) => (place === index ? value + by : value)) })
      const difference = (exact(moved(h)) - exact(moved(-h))) / (2 * h)
      expect(slope / Math.max(1, Math.abs(difference))).toBeCloseTo(difference / Math.max(1, Math.abs(difference)), 4)
    }
    expect([slopes[2], slopes[7]].map((slope) => slope === 0)).toEqual([true, true])
  })

  test("has parameters that it reads again as they are", () => {
    expect(loss.declaration.readParameters(JSON.parse(JSON.stringify(loss.parameters)))).toEqual(loss.parameters)
  })
})

test("KTO's reference point is 0 where the policy is less likely than its reference, and the mean of the ratios elsewhere", () => {
  expect(pointOf(batch)).toBeGreaterThan(0.5)
  expect(pointOf(negative)).toBe(0)
})

/** A batch of one pair with this margin. */
const pairOf = (margin: number): Batch => ({ logp: [margin - 30, -30], reference: [-30, -30], tokens: [5, 5], weight: [1] })
const lossAt = async (loss: Loss, margin: number) => {
  const { report, slopes } = await evaluate(loss, pairOf(margin))
  return { value: report.loss as number, slope: slopes[0] as number }
}

describe("a loss is smallest where its paper says", () => {
  test("averaged IPO at a margin of 1/(2β) per token, and of one-token responses it is IPO over β²", async () => {
    const beta = 0.4
    expect((await lossAt(ipoAveraged({ beta }), 5 / (2 * beta))).value).toBeCloseTo(0, 8)
    const short: Batch = { ...batch, tokens: batch.tokens.map(() => 1) }
    const [averaged, summed] = [await evaluate(ipoAveraged({ beta }), short), await evaluate(ipo({ beta }), short)]
    expect(averaged.report.loss).toBeCloseTo((summed.report.loss as number) / beta ** 2, 3)
  })

  test("IPO at a margin of 1/(2β), and it knows no better", async () => {
    for (const beta of [0.05, 0.5]) {
      expect((await lossAt(ipo({ beta }), 1 / (2 * beta))).value).toBeCloseTo(0, 8)
      expect((await lossAt(ipo({ beta }), 1 / (2 * beta) + 1)).slope).toBeCloseTo(2 * beta * beta, 5)
      expect((await lossAt(ipo({ beta }), 1 / (2 * beta) - 1)).slope).toBeCloseTo(-2 * beta * beta, 5)
    }
  })

  test("conservative DPO at log((1 − ε)/ε)/β, and without smoothing it is DPO", async () => {
    const target = Math.log(0.9 / 0.1) / 0.4
    expect((await lossAt(cdpo({ beta: 0.4, smoothing: 0.1 }), target)).slope).toBeCloseTo(0, 6)
    expect((await lossAt(cdpo({ beta: 0.4, smoothing: 0.1 }), target + 3)).slope).toBeGreaterThan(0.01)
    expect(await lossAt(cdpo({ beta: 0.4, smoothing: 0 }), 3)).toEqual(await lossAt(dpo({ beta: 0.4 }), 3))
  })

  test("hinges are flat beyond 1/β", async () => {
    for (const loss of [slic({ beta: 0.5 }), truncatedQuadratic({ beta: 0.5 })]) {
      expect((await lossAt(loss, 2.5)).slope).toBeCloseTo(0, 12)
      expect((await lossAt(loss, 1.5)).slope).toBeLessThan(-0.1)
    }
  })

  test("Savage gives up on the pairs that are most wrong, where exponential loss tries hardest", async () => {
    expect(Math.abs((await lossAt(savage({ beta: 1 }), -12)).slope)).toBeLessThan(
      Math.abs((await lossAt(savage({ beta: 1 }), 0)).slope) / 100,
    )
    expect((await lossAt(exponential({ beta: 1 }), -12)).slope).toBeLessThan(-1e5)
  })
})

describe("exchanging the two responses of every pair", () => {
  const exchange = <T>(values: ReadonlyArray<T>) => [...values.slice(5), ...values.slice(0, 5)]
  const exchanged: Batch = {
    logp: exchange(batch.logp),
    reference: exchange(batch.reference),
    tokens: exchange(batch.tokens),
    weight: batch.weight,
  }

  test.each(losses)("negates the margin, complements the accuracy and swaps what is reported of the two under %s", async (_, loss) => {
    const [{ report }, { report: back }] = [await evaluate(loss, batch), await evaluate(loss, exchanged)]
    expect(back.margin).toBeCloseTo(-(report.margin as number), 4)
    expect((back.accuracy as number) + (report.accuracy as number)).toBeCloseTo(1, 5)
    expect(back.chosen_logp_change).toBeCloseTo(report.rejected_logp_change as number, 4)
    expect(back.rejected_logp_change).toBeCloseTo(report.chosen_logp_change as number, 4)
  })

  test("complements KTO with equal weights: the two add up to 1", async () => {
    const loss = kto({ beta: 0.3 })
    const sum = ((await evaluate(loss, batch)).report.loss as number) + ((await evaluate(loss, exchanged)).report.loss as number)
    expect(sum).toBeCloseTo(1, 5)
  })

  test("adds up to the exponent of a log-likelihood under DPO: the two probabilities are complements", async () => {
    for (const margin of [-7, -0.4, 0, 3]) {
      const [given, back] = [await lossAt(dpo({ beta: 0.3 }), margin), await lossAt(dpo({ beta: 0.3 }), -margin)]
      expect(Math.exp(-given.value) + Math.exp(-back.value)).toBeCloseTo(1, 5)
    }
  })

  test("changes nothing where a label is worth nothing: conservative DPO at ε = ½", async () => {
    const loss = cdpo({ beta: 0.3, smoothing: 0.5 })
    expect((await evaluate(loss, exchanged)).report.loss).toBeCloseTo((await evaluate(loss, batch)).report.loss as number, 5)
  })
})

test("far from where they are small, all but the exponential loss stay finite", async () => {
  for (const [, loss] of losses.filter(([, { declaration }]) => declaration.name !== "exponential")) {
    for (const margin of [-5000, 5000]) {
      const { value, slope } = await lossAt(loss, margin)
      expect([Number.isFinite(value), Number.isFinite(slope)]).toEqual([true, true])
    }
  }
})

test("a batch of ties has no loss and no slopes", async () => {
  for (const [, loss] of losses) {
    const { report, slopes } = await evaluate(loss, { ...batch, weight: batch.weight.map(() => 0) })
    expect(report.loss).toBe(0)
    expect(slopes.every((slope) => slope === 0)).toBe(true)
  }
})

test("parameters out of their range are refused", () => {
  const refused = (make: () => Loss) => expect(make).toThrow(DeclarationError)
  fc.assert(
    fc.property(fc.constantFrom(ipo, ipoAveraged, dpo, slic, exponential, savage, truncatedQuadratic, kto), (make) => {
      for (const beta of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) refused(() => make({ beta }))
    }),
  )
  refused(() => cdpo({ beta: 1, smoothing: 0.6 }))
  refused(() => cdpo({ beta: 1, smoothing: -0.1 }))
  refused(() => kto({ beta: 1, undesirable: 0 }))
  refused(() => simpo({ beta: 1, gamma: Number.NaN }))
  refused(() => ipo({ beta: 1, gamma: 1 } as never))
  expect(() => stage({ loss: { _tag: "ipo", beta: 1 } as never })).toThrow(/a loss/)
})
