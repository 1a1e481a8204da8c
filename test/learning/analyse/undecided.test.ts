import { describe, expect, test } from "vitest"
import { verdicts } from "../../../data/schema/index.ts"
import { undecided } from "../../../learning/analyse/undecided.stage.ts"
import { needsOf, undecidedTable } from "../../../learning/analyse/undecided-table.ts"
import { decidedClaim, inconclusive, notMeasurable } from "../support/claims.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

describe("what could not be decided", () => {
  test("is each inconclusive claim with the runs that it would need, and each that is not measurable with the reason", () => {
    const claims = [
      decidedClaim("Decided"),
      decidedClaim("Far | off", { ...inconclusive, family: "exploratory", detectable: 0.09, margin: null }),
      decidedClaim("Near", { ...inconclusive, detectable: 0.06 }),
      decidedClaim("Nowhere", notMeasurable),
    ]
    expect(undecidedTable(claims, 0.045)).toMatchInlineSnapshot(`
      "| claim | family | effect ± half-width | could find | target | with | would need |
      |---|---|---|---|---|---|---|
      | Near | primary | +0.020 ± 0.030 | 0.060 | 0.03 | 4 worlds × 2 seeds | 16 worlds × 2 seeds, or 4 worlds × 8 seeds |
      | Far \\| off | exploratory | +0.020 ± 0.030 | 0.090 | 0.045 | 4 worlds × 2 seeds | 16 worlds × 2 seeds, or 4 worlds × 8 seeds |

      "Could find" is the smallest effect that has a chance of 80 % to be found. To first order it shrinks as 1/√(worlds × seeds); seeds help less than that where worlds differ, and neither helps beyond what the prompts allow.

      Not measurable:

      - Nowhere (offline does not get to 3 nats)
      "
    `)
  })

  test("says so where there is nothing", () => {
    expect(undecidedTable([decidedClaim("Decided")], 0.03)).toBe("Every claim was decided.\n")
  })

  test("names the table of each claim where there are several", () => {
    const table = undecidedTable([decidedClaim("Near", { ...inconclusive, of: "tldr" })], 0.03)
    expect(table).toMatch(/^\| of \| claim /)
    expect(table).toContain("| tldr | Near |")
  })
})

describe("the runs that a claim would need", () => {
  const runs = (detectable: number, other = {}) => needsOf(decidedClaim("Claim", { ...inconclusive, detectable, ...other }), 0.03)?.runs

  test("grow with the square of what could be found over what should be", () => {
    expect(runs(0.03)).toBe(8)
    expect(runs(0.06)).toBe(32)
    expect(runs(0.09)).toBe(72)
    expect(runs(0.06, { worlds: 1, seeds: 3 })).toBe(12)
  })

  test("are for the claim's own margin where it has one", () => {
    expect(runs(0.06, { margin: 0.06 })).toBe(8)
    expect(runs(0.06, { margin: null })).toBe(32)
  })

  test("are none for a change of log-likelihood that has no margin: a target in win rate says nothing of nats", () => {
    expect(runs(0.06, { measure: "difference of chosen change", margin: null })).toBeUndefined()
    expect(runs(0.06, { measure: "difference of chosen change", margin: 0.06 })).toBe(8)
  })

  test("are not counted where they are beyond all reason", () => {
    expect(undecidedTable([decidedClaim("Far", { ...inconclusive, detectable: 9 })], 0.03)).toContain(
      "more than 1,000 runs: this design cannot tell",
    )
  })

  test("are not given where the effect is near the edge of a rule that is precise enough", () => {
    expect(undecidedTable([decidedClaim("Edge", { ...inconclusive, detectable: 0.02 })], 0.03)).toContain(
      "no more: the effect is near the edge",
    )
  })
})

test("the stage reads tables of verdicts", async () => {
  const table = (claim: string) => new MemoryTable(verdicts, [decidedClaim(claim, inconclusive)])
  const one = await runStage(undecided, { verdicts: [{ path: ["claims"], at: {}, input: table("Near") }] }, { target: 0.02 })
  const text = new TextDecoder().decode(await one.table.read("undecided.md"))
  expect(text).toContain("| Near | primary | +0.020 ± 0.030 | 0.042 | 0.03 | 4 worlds × 2 seeds |")
  const two = await runStage(
    undecided,
    {
      verdicts: [
        { path: ["sentiment"], at: {}, input: table("Near") },
        { path: ["tldr"], at: {}, input: table("Near") },
      ],
    },
    {},
  )
  expect(new TextDecoder().decode(await two.table.read("undecided.md"))).toContain("| tldr | Near |")
})
