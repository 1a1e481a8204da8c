/** Faults of access on a page, as axe finds them. */

import * as fs from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Serious and critical violations, with the first element of each. */
export const faultsOf = async (page: Page): Promise<ReadonlyArray<string>> => {
  // Not by a script element, which the page's policy refuses.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
      rules: { "label-content-name-mismatch": { enabled: true } },
      resultTypes: ["violations"],
    })
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 160))
            .join(" | ")}`,
      )
  })
}

interface Axe {
  readonly run: (
    context: Document,
    options: unknown,
  ) => Promise<{
    readonly violations: ReadonlyArray<{
      readonly id: string
      readonly impact: string
      readonly nodes: ReadonlyArray<{ readonly html: string }>
    }>
  }>
}
