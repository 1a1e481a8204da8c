import { expect, test } from "vitest"
import { recordedCosts } from "../../../cli/power/costs.ts"
import type { Json } from "../../../dsl/canonical.ts"
import type { Manifest } from "../../../runtime/index.ts"

const manifest = (stage: string, output: string, seconds: number, inputs: Readonly<Record<string, Json>>, threads?: number): Manifest => ({
  format: 1,
  key: "0".repeat(64),
  stage,
  vector: Object.entries(inputs).map(([port, value]) => ({ component: `inputs.${port}`, value })),
  outputs: { output: { artifact: "table", kind: "table", digest: output, bytes: 0, files: [] } },
  seconds,
  ...(threads === undefined ? {} : { threads }),
  created: "2026-01-01T00:00:00.000Z",
  host: { name: "", platform: "", node: "", cpu: "" },
})

const member = (digest: string, at: Readonly<Record<string, number>>): Json => ({ path: ["online"], at, digest })

/** Two worlds of two seeds: a corpus, one SFT per world, one run and one evaluation per seed. */
const study = (threads?: number): ReadonlyMap<string, Manifest> => {
  const points = [1, 2].flatMap((world) => [1, 2].map((seed) => ({ world, seed })))
  return new Map([
    ["corpus", manifest("corpus", "corpus", 1, {}, threads)],
    ...[1, 2].map((world) => [`sft ${world}`, manifest("sft", `sft ${world}`, 10, { corpus: "corpus" }, threads)] as const),
    ...points.flatMap(({ world, seed }) => [
      [`run ${world}.${seed}`, manifest("optimize", `run ${world}.${seed}`, 100, { reference: `sft ${world}` }, threads)] as const,
      [
        `evaluation ${world}.${seed}`,
        manifest("evaluate", `evaluation ${world}.${seed}`, 20, { run: `run ${world}.${seed}` }, threads),
      ] as const,
    ]),
    ["verdicts", manifest("verdicts", "verdicts", 3, { evaluations: points.map((at) => member(`evaluation ${at.world}.${at.seed}`, at)) })],
    ["figure", manifest("figure", "figure", 1000, { evaluations: points.map((at) => member(`evaluation ${at.world}.${at.seed}`, at)) })],
  ])
}

const stagesOf = (manifests: ReadonlyMap<string, Manifest>) =>
  [...manifests].map(([id, { stage, key }]) => ({ id, stage, key, outcome: "finished" as const, seconds: 0 }))

test("work is counted by what it is done once for, in core-seconds, and what no claim needs is not", () => {
  const manifests = study(2)
  const { costs, missing, withoutThreads, isUnknown } = recordedCosts({ stages: stagesOf(manifests) }, manifests, ["verdicts"])
  expect(costs).toEqual({
    other: { study: 2, worlds: 2 * 2 * 10, seeds: 2 * 4 * 100 },
    evaluation: { study: 0, worlds: 0, seeds: 2 * 4 * 20 },
  })
  expect({ missing, withoutThreads, isUnknown }).toEqual({ missing: 0, withoutThreads: 0, isUnknown: false })
})

test("results without threads count as one, and what is gone from the store is said to be missing", () => {
  const manifests = study()
  const kept = new Map([...manifests].filter(([id]) => id !== "figure"))
  const { costs, missing, withoutThreads } = recordedCosts({ stages: stagesOf(manifests) }, kept, ["verdicts"])
  expect(costs.other).toEqual({ study: 1, worlds: 20, seeds: 400 })
  expect({ missing, withoutThreads }).toEqual({ missing: 1, withoutThreads: 11 })
})

test("where no axis is called seed, costs are unknown", () => {
  const manifests = new Map([...study()].map(([id, each]) => [id, { ...each, vector: each.vector.map(renameAxis) }]))
  expect(recordedCosts({ stages: stagesOf(manifests) }, manifests, ["verdicts"]).isUnknown).toBe(true)
})

const renameAxis = ({ component, value }: Manifest["vector"][number]): Manifest["vector"][number] => ({
  component,
  value: JSON.parse(JSON.stringify(value).replaceAll('"seed"', '"repetition"')) as Json,
})
