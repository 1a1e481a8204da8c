import { expect, test } from "vitest"
import { normalQuantile, studentProbability, studentQuantile } from "../../../../learning/analyse/statistics/student.ts"

test("quantiles are those of the tables", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5)
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 5)
  for (const [degrees, value] of [
    [1, 12.7062],
    [2, 4.302653],
    [4, 2.776445],
    [10, 2.228139],
    [100, 1.983972],
  ] as const)
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(value, 3)
  expect(studentQuantile(0.9, 3)).toBeCloseTo(1.637744, 4)
  expect(studentQuantile(0.975, 1e6)).toBeCloseTo(1.959964, 5)
})

test("probabilities are the inverse of quantiles, on both sides", () => {
  for (const degrees of [1, 2.5, 7, 40, 900])
    for (const probability of [0.5, 0.6, 0.9, 0.975, 0.9995]) {
      const t = studentQuantile(probability, degrees)
      expect(studentProbability(t, degrees)).toBeCloseTo(probability, 9)
      expect(studentProbability(-t, degrees)).toBeCloseTo(1 - probability, 9)
    }
})
