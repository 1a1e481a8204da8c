import { expect, test } from "vitest"
import { formatChanged, nameChanged, parameterChanged, readsChanged, schemaChanged } from "../../../../runtime/plan/cause/declaration.ts"
import { comparisonOf } from "./comparison.ts"

const before = { format: 1, stage: "a", parameters: { beta: 0.1 }, schemas: { outputs: 1 }, reads: { names: ["clock"] } }

const reasons = { formatChanged, nameChanged, parameterChanged, schemaChanged, readsChanged }

test.each([
  ["formatChanged", { ...before, format: 2 }, "format"],
  ["nameChanged", { ...before, stage: "b" }, "stage"],
  ["parameterChanged", { ...before, parameters: { beta: 0.5 } }, "parameters.beta"],
  ["schemaChanged", { ...before, schemas: { outputs: 2 } }, "schemas.outputs"],
  ["readsChanged", { ...before, reads: { names: ["network"] } }, "reads.names.0"],
] as const)("%s finds its own component, and the others do not", (name, after, component) => {
  const comparison = comparisonOf(before, after)
  for (const [each, reason] of Object.entries(reasons))
    expect(reason(comparison).map((cause) => cause.component)).toEqual(each === name ? [component] : [])
})

test("each parameter that changed, came or went is a cause of its own", () => {
  const after = { ...before, parameters: { rate: 1, size: { layers: 2 } } }
  expect(parameterChanged(comparisonOf({ ...before, parameters: { beta: 0.1, size: { layers: 1 } } }, after))).toEqual([
    { component: "parameters.beta", before: 0.1, after: null, root: "arm.train" },
    { component: "parameters.rate", before: null, after: 1, root: "arm.train" },
    { component: "parameters.size.layers", before: 1, after: 2, root: "arm.train" },
  ])
})
