import { spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { expect, test } from "vitest"

const root = resolve(import.meta.dirname, "../..")
const rooms = ["dsl", "data", "engine", "learning", "runtime", "cli", "serve", "ui", "pipelines", "templates"]

interface Report {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: ReadonlyArray<{ readonly rule: { readonly name: string }; readonly from: string; readonly to: string }>
  }
}

/** The violations of the import rules in the rooms of a folder, as `rule: from → to`. */
const check = (folder: string) => {
  const cruiser = resolve(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs")
  const options = ["--config", resolve(root, ".dependency-cruiser.cjs"), "--output-type", "json"]
  const { stdout } = spawnSync(process.execPath, [cruiser, ...rooms, ...options], { cwd: folder, encoding: "utf8", maxBuffer: 1e9 })
  const { summary } = JSON.parse(stdout) as Report
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort(),
  }
}

test("imports between rooms run one way", () => {
  const { modules, violations } = check(root)
  expect(violations).toEqual([])
  // A checker that understands no TypeScript sees nothing, and finds nothing wrong with it.
  expect(modules).toBeGreaterThan(20)
})

test("every rule of imports can fail", () => {
  expect(check(resolve(import.meta.dirname, "fixtures/must-fail")).violations).toEqual([
    "cli-imports: cli/main.ts → data/schema.ts",
    "data-imports: data/schema.ts → dsl/index.ts",
    "declared-packages: engine/program.ts → ../../../../node_modules/effect/dist/index.js",
    "dsl-imports: dsl/index.ts → engine/program.ts",
    "engine-imports: engine/program.ts → learning/policy.ts",
    "learning-floors: learning/judge/judge.ts → learning/train/sft.ts",
    "learning-imports: learning/policy.ts → runtime/plan.ts",
    "learning-unlisted: learning/cellar/wine.ts → learning/judge/judge.ts",
    "no-cycle: runtime/plan.ts → runtime/store.ts",
    "no-drawer: cli/main.ts → cli/utils.ts",
    "pipelines-imports: pipelines/one.ts → learning/policy.ts",
    "resolvable: learning/stages.ts → ./missing.ts",
    "runtime-floors: runtime/store/results.ts → runtime/plan/causes.ts",
    "runtime-imports: runtime/plan.ts → learning/stages.ts",
    "runtime-unlisted: runtime/cellar/wine.ts → runtime/plan/causes.ts",
    "serve-imports: serve/api.ts → cli/main.ts",
    "templates-imports: templates/one.ts → learning/policy.ts",
    "ui-imports: ui/page.tsx → runtime/store.ts",
    "ui-types: ui/page.tsx → serve/api.ts",
  ])
})
