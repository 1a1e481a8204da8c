import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { expect, test } from "vitest"
import { type Assessment, assessRule, measuredSpread } from "../learning/support/assess-rule.ts"

const alike = { ...measuredSpread, world: 0 }
const designs = [
  ["4 worlds × 2 seeds × 1,024 prompts", 100, { worlds: 4, seeds: 2, prompts: 1024, spread: measuredSpread }],
  ["1 world × 3 seeds × 256 prompts, worlds alike", 200, { worlds: 1, seeds: 3, prompts: 256, spread: alike }],
  ["1 world × 3 seeds × 256 prompts, worlds 0.02 apart", 200, { worlds: 1, seeds: 3, prompts: 256, spread: { ...alike, world: 0.02 } }],
] as const

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const rowOf = (name: string, of: Assessment): string =>
  `| ${name} | ${percent(of.coverage)} | ${percent(of.falseSupport)} | ${percent(of.falseRefutation)} | ${percent(of.powerLarge)} | ${percent(of.powerMargin)} | ${percent(of.negligible)} | ${of.detectable.toFixed(3)} |`

test("the documented coverage, power and rates of false verdicts are those of simulated studies", async () => {
  const page = await readFile(resolve(import.meta.dirname, "../../docs/concepts/verdicts.md"), "utf8")
  for (const [name, studies, design] of designs) expect(page).toContain(rowOf(name, assessRule(design, studies)))
})
