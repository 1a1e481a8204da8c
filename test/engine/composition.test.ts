import fc from "fast-check"
import { test } from "vitest"
import { expectAgreement } from "./agreement.ts"
import { compositionCase } from "./cases/composition.ts"

test("operations after one another agree with eager tfjs, and so do their gradients", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(compositionCase, { minLength: 1, maxLength: 8 }), (cases) => expectAgreement(cases)),
    { seed: 5, numRuns: 40 },
  )
})
