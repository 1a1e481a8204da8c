import { describe, expect, test } from "vitest"
import { benjaminiHochberg, holm } from "../../../../learning/analyse/statistics/multiplicity.ts"

const values = [0.04, 0.01, 0.03, 0.005]

describe("Holm", () => {
  test("multiplies the smallest by how many there are, the next by one less, and never falls", () => {
    // R: p.adjust(c(0.04, 0.01, 0.03, 0.005), "holm")
    expect(holm(values, 0.05).map(({ adjusted }) => adjusted)).toEqual([0.06, 0.03, 0.06, 0.02])
  })

  test("holds each to the level of its rank, and all behind the first that fails to its level", () => {
    expect(holm(values, 0.05).map(({ level }) => level)).toEqual([0.025, 0.05 / 3, 0.025, 0.0125])
  })

  test("rejects by an adjusted value exactly where the plain one is within its level", () => {
    for (let trial = 0; trial < 200; trial++) {
      const some = Array.from({ length: 6 }, (_, index) => ((trial * 37 + index * 101) % 997) / 9970)
      for (const [index, { adjusted, level }] of holm(some, 0.05).entries()) expect(adjusted <= 0.05).toBe((some[index] as number) <= level)
    }
  })
})

describe("Benjamini and Hochberg", () => {
  test("adjusts as in their paper", () => {
    // R: p.adjust(c(0.04, 0.01, 0.03, 0.005), "BH")
    const adjusted = benjaminiHochberg(values, 0.05).map((each) => each.adjusted)
    for (const [index, value] of [0.04, 0.02, 0.04, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(value, 12)
  })

  test("rejects by an adjusted value exactly where the plain one is within the common level", () => {
    for (let trial = 0; trial < 200; trial++) {
      const some = Array.from({ length: 8 }, (_, index) => ((trial * 53 + index * 211) % 991) / 4955)
      for (const [index, { adjusted, level }] of benjaminiHochberg(some, 0.05).entries())
        expect(adjusted <= 0.05).toBe((some[index] as number) <= level && adjusted <= 0.05)
    }
  })
})

test("nothing to adjust gives nothing", () => {
  expect([...holm([], 0.05), ...benjaminiHochberg([], 0.05)]).toEqual([])
})
