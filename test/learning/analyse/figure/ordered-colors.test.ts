import { expect, test } from "vitest"
import { orderedColors } from "../../../../learning/analyse/figure/ordered-colors.ts"
import { lightness } from "../../support/lightness.ts"

test.each([2, 3, 4, 5, 7])("%d ordered colours fall in lightness, evenly enough to tell neighbours apart in grey", (count) => {
  const steps = orderedColors(count).map(lightness)
  for (const [position, value] of steps.slice(1).entries()) {
    expect((steps[position] as number) - value).toBeGreaterThan(0.7 * ((72 - 13) / (count - 1)))
  }
  // Dark enough to be seen on white.
  expect(steps[0]).toBeLessThan(75)
})

test("a single value has the darkest colour", () => {
  expect(orderedColors(1)).toEqual(orderedColors(4).slice(-1))
})
