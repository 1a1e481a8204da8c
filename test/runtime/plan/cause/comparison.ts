import type { Declaration } from "../../../../dsl/declaration.ts"
import type { GraphStage } from "../../../../dsl/graph.ts"
import { difference } from "../../../../runtime/fingerprint/difference.ts"
import type { Vector } from "../../../../runtime/fingerprint/vector.ts"
import type { Comparison } from "../../../../runtime/plan/cause/cause.ts"
import type { Manifest } from "../../../../runtime/store/results/manifest.ts"

export const declaration: Declaration = {
  name: "train",
  inputs: {},
  outputs: {},
  threads: 1,
  memory: 0,
  gpus: 0,
  labels: [],
  retries: 0,
  engine: false,
  reads: [],
  parameters: {},
  readParameters: () => ({ values: {}, plugins: [] }),
  plugins: {},
  run: async () => ({}),
}

export const stage: GraphStage = { id: "arm.train", at: {}, group: "arm.train", declaration, parameters: {}, inputs: [], plugins: [] }

/** Where it does not matter which files belong to what. */
export const noNames = { ownFiles: new Set<string>(), pluginFiles: new Map<string, ReadonlySet<string>>() }

/** A vector with these components, in this order. */
export const vectorWith = (components: Readonly<Record<string, Vector[number]["value"]>>): Vector =>
  Object.entries(components).map(([component, value]) => ({ component, value }))

export const manifestWith = (vector: Vector, rest: Partial<Manifest> = {}): Manifest => ({
  format: 1,
  key: "0".repeat(64),
  stage: "train",
  vector,
  outputs: {},
  seconds: 1,
  created: "2026-01-01T00:00:00.000Z",
  host: { name: "", platform: "", node: "", cpu: "" },
  ...rest,
})

/** A stage whose fingerprint went from one vector to another. */
export const comparisonOf = (
  before: Readonly<Record<string, Vector[number]["value"]>>,
  after: Readonly<Record<string, Vector[number]["value"]>>,
  rest: Partial<Comparison> = {},
): Comparison => {
  const [old, vector] = [vectorWith(before), vectorWith(after)]
  return {
    stage,
    vector,
    last: manifestWith(old),
    changed: difference(old, vector).filter(({ path: [component] }) => component !== "inputs"),
    uncacheable: [],
    code: { digest: "a".repeat(64), files: [], ...noNames },
    filesThen: () => null,
    pending: () => [],
    digest: () => "",
    ...rest,
  }
}
