import { expect, test } from "vitest"
import { conclusionOf } from "../../../../ui/views/compare/conclusion.ts"

const equal = { same: 6, different: [], onlyBefore: [], onlyAfter: [], unproven: [] }

test("runs whose stages are all equal do not differ", () => {
  expect(conclusionOf(equal)).toBe("The runs do not differ: 6 stages with equal fingerprints.")
})

test("what differs is all that differs, where every stage could be compared", () => {
  const different = [{ id: "proxy", stage: "preference-model", own: [], through: [] }]
  expect(conclusionOf({ ...equal, different })).toBe("The runs differ in nothing else: 6 stages with equal fingerprints.")
})

test.each([{ unproven: [{ id: "proxy", reason: "failed" }] }, { onlyBefore: ["proxy"] }, { onlyAfter: ["proxy"] }])(
  "nothing is said of a stage without a result in both runs: %j",
  (some) => {
    expect(conclusionOf({ ...equal, ...some })).toBe(
      "Stages with results in both runs differ in nothing else: 6 stages with equal fingerprints.",
    )
  },
)
