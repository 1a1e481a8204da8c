import { expect, test } from "vitest"
import { normals } from "../../../../engine/random/philox.ts"
import { digamma, inverseTrigamma, moderate, trigamma } from "../../../../learning/analyse/statistics/moderate.ts"

test("digamma and trigamma are those of the tables", () => {
  const euler = 0.5772156649015329
  expect(digamma(1)).toBeCloseTo(-euler, 10)
  expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 10)
  expect(digamma(10)).toBeCloseTo(2.251752589066721, 10)
  expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 10)
  expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 9)
  for (const x of [0.01, 0.5, 3, 200]) expect(inverseTrigamma(trigamma(x)) / x).toBeCloseTo(1, 8)
})

/** s² of samples of a size from normal variables of these variances. */
const sample = (trial: number, variances: ReadonlyArray<number>, degrees: number) =>
  variances.map((variance, cell) => {
    const draws = normals(trial, "cell", cell, new Float32Array(degrees))
    return { variance: (variance * draws.reduce((sum, value) => sum + value * value, 0)) / degrees, degrees }
  })

test("equal variances are drawn together, nearly to what they are", () => {
  const variances = sample(1, new Array(60).fill(4), 3)
  const moderated = moderate(variances)
  for (const { variance, degrees } of moderated) {
    // 180 degrees of freedom in all: the standard error is 11 %.
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(0.35)
    expect(degrees).toBeGreaterThan(20)
  }
})

test("variances that differ by orders of magnitude keep what is their own", () => {
  const truth = Array.from({ length: 60 }, (_, cell) => 100 ** (cell % 4))
  const variances = sample(2, truth, 3)
  for (const [cell, { variance, degrees }] of moderate(variances).entries()) {
    expect(Math.abs(Math.log(variance / (truth[cell] as number)))).toBeLessThan(7)
    expect(degrees).toBeLessThan(6)
  }
})

test("degrees of freedom never exceed those that were observed, counting runs once", () => {
  const variances = sample(3, new Array(40).fill(1), 3)
  for (const { degrees } of moderate(variances, 4)) expect(degrees).toBeLessThanOrEqual(12)
  expect(moderate(variances.slice(0, 2))).toEqual(variances.slice(0, 2))
})

test("a variance without degrees of freedom takes that of the others", () => {
  const variances = [...sample(4, new Array(300).fill(9), 4), { variance: 0, degrees: 0 }]
  const last = moderate(variances).at(-1)
  expect(Math.abs((last?.variance as number) / 9 - 1)).toBeLessThan(0.2)
  expect(last?.degrees).toBeGreaterThan(8)
})
