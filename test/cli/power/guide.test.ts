import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { planEstimates } from "../../../cli/power/plan.ts"
import { formatPower } from "../../../cli/print/power.ts"
import { type Design, degreesOf, detectableEffect, sharesOf, varianceOf } from "../../../learning/analyse/power/index.ts"
import { parsePage, root } from "../../docs/page.ts"
import { simulatePower } from "../../learning/analyse/power/simulate.ts"
import { components, costs, estimates, pilotDesign } from "./example.ts"

const page = "docs/guides/power.md"
const text = readFileSync(join(root, page), "utf8")

test("the table of the guide is what the command prints for its pilot", () => {
  const planned = planEstimates(estimates, { costs }, 0.03)
  const printed = `${formatPower({ ...planned, target: 0.03 }, 80)}\n`
  expect(parsePage(page, text).blocks.flatMap((block) => (block.language === "text" ? [block.text] : []))).toEqual([printed])
})

const three = (value: number): string => value.toFixed(3)

test("the guide's shares of variance and effects of other designs are computed from the pilot's components", () => {
  const shares = sharesOf(components.online, pilotDesign)
  const total = varianceOf(components.online, pilotDesign)
  const percent = Object.entries(shares).map(([name, share]) => `| ${name} | ${Math.round((100 * share) / total)} % |`)
  expect(text).toContain(percent.join("\n"))
  const detectable = (design: Design): string =>
    three(detectableEffect({ se: Math.sqrt(varianceOf(components.online, design)), degrees: degreesOf(components.online, design) }))
  const designs: ReadonlyArray<Design> = [
    pilotDesign,
    { ...pilotDesign, seeds: 8 },
    { ...pilotDesign, prompts: 2048 },
    { ...pilotDesign, worlds: 6 },
  ]
  const rows = designs.map(
    (design) => `| ${design.worlds} | ${design.seeds} | ${design.prompts.toLocaleString("en-US")} | ${detectable(design)} |`,
  )
  expect(text).toContain(rows.join("\n"))
})

test("with three worlds that dominate, the effect is found a little less often than it says, as the guide tells", () => {
  const few = { worlds: 3, seeds: 2, prompts: 32 }
  const varied = { world: 0.06, seed: 0.02, sampling: 0.1, prompt: 0.01 }
  const effect = detectableEffect({ se: Math.sqrt(varianceOf(varied, few)), degrees: degreesOf(varied, few) })
  const [power] = simulatePower([effect], varied, few, 1500)
  expect(text).toContain(`${Math.round(100 * (power as number))} % of simulated studies`)
  // The estimate is below half of the truth where χ² of two degrees of freedom is below 2/4.
  expect(text).toContain(`more than twice its estimate in ${Math.round(100 * (1 - Math.exp(-0.5 / 2)))} % of studies`)
})
