import fc from "fast-check"
import { test } from "vitest"
import { expectAgreement } from "./agreement.ts"
import type { Cases } from "./cases/cases.ts"

/**
 * Every kernel of a family at once, in one program for each sample, so that a few programs hold
 * hundreds of cases.
 */
export const agreesWithEager = (family: string, cases: Cases, numRuns = 30): void => {
  test(`${family}: values and gradients agree with eager tfjs`, async () => {
    const samples = fc.tuple(...Object.values(cases)).map((drawn) => ({
      drawn,
      // The case that fails is in the error's cause; the whole program would fill the screen.
      [fc.toStringMethod]: () => drawn.map(({ title }) => title).join(", "),
    }))
    await fc.assert(
      fc.asyncProperty(samples, ({ drawn }) => expectAgreement(drawn)),
      { seed: 4, numRuns },
    )
  })
}
