import { expect, test } from "vitest"
import { normalQuantile, studentQuantile } from "../../../../learning/analyse/statistics/student.ts"

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
