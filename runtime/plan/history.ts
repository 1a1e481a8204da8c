import { Effect } from "effect"
import { canonicalJson } from "../../dsl/canonical.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { pathOf } from "../fingerprint/component-path.ts"
import type { Vector } from "../fingerprint/vector.ts"
import type { Manifest } from "../store/results/manifest.ts"
import type { ResultsShape } from "../store/results/results.ts"
import type { StageOutcome } from "../store/runs/record.ts"
import type { RunsShape } from "../store/runs/runs.ts"

/** What a stage is compared with. */
export interface Last {
  readonly manifest: Manifest | null
  /**
   * Whether a run computed the stage by that id, or found it cached: where there is no manifest, it
   * is gone.
   */
  readonly wasComputed: boolean
}

/**
 * The last result of the stage by that id in this pipeline; where no run had one, of the latest
 * that were declared under the same name the one that has most parameters and inputs in common with
 * this fingerprint. Another is never taken for one that is gone.
 */
export type History = (stage: GraphStage, vector: Vector) => Effect.Effect<Last>

/**
 * How many of a name are compared: enough for an arm at other rates and seeds, few enough to plan
 * thousands of stages in a moment.
 */
const mostCompared = 64

interface Candidate {
  readonly manifest: Manifest
  readonly facts: ReadonlySet<string>
}

/** Reads run records, newest first, as far back as it takes. */
export const historyOf = (
  graph: Graph,
  { results, runs }: { readonly results: Pick<ResultsShape, "manifest">; readonly runs: Pick<RunsShape, "history"> },
): History => {
  const byId = new Map<string, string>()
  const byName = new Map<string, Set<string>>()
  const wanted = new Set(graph.stages.map(({ id }) => id))
  const remember = (outcomes: ReadonlyArray<StageOutcome>, samePipeline: boolean): void => {
    for (const { id, stage, key } of outcomes) {
      if (key === null) continue
      if (samePipeline && !byId.has(id)) byId.set(id, key)
      const keys = byName.get(stage) ?? new Set()
      if (keys.size < mostCompared) byName.set(stage, keys.add(key))
      if (samePipeline) wanted.delete(id)
    }
  }
  let read = false
  const readOnce = Effect.sync(() => {
    if (read) return
    read = true
    for (const record of runs.history()) {
      remember(record.stages, record.pipeline === graph.name)
      if (wanted.size === 0) break
    }
  })
  const candidates = new Map<string, ReadonlyArray<Candidate>>()
  const candidatesFor = Effect.fnUntraced(function* (name: string) {
    const known = candidates.get(name)
    if (known !== undefined) return known
    const manifests = yield* Effect.forEach(byName.get(name) ?? [], results.manifest)
    const found = manifests.flatMap((manifest) => (manifest === null ? [] : [{ manifest, facts: factsOf(manifest.vector) }]))
    candidates.set(name, found)
    return found
  })
  return Effect.fnUntraced(function* ({ id, declaration }: GraphStage, vector: Vector) {
    yield* readOnce
    const own = byId.get(id)
    const manifest = own === undefined ? mostAlike(yield* candidatesFor(declaration.name), vector) : yield* results.manifest(own)
    return { manifest, wasComputed: own !== undefined }
  })
}

/** The first of those that have most in common with a fingerprint. */
const mostAlike = (candidates: ReadonlyArray<Candidate>, vector: Vector): Manifest | null => {
  const wanted = [...factsOf(vector)]
  const alike = candidates.map(({ manifest, facts }) => ({ manifest, shared: wanted.filter((fact) => facts.has(fact)).length }))
  const most = Math.max(...alike.map(({ shared }) => shared))
  return alike.find(({ shared }) => shared === most)?.manifest ?? null
}

/** What a stage was given: each parameter and each input. */
const factsOf = (vector: Vector): ReadonlySet<string> =>
  new Set(
    vector.flatMap(({ component, value }) => {
      const [name] = pathOf(component)
      if (name === "inputs") return [`${component} ${canonicalJson(value)}`]
      return name === "parameters" ? Object.entries(value ?? {}).map(([parameter, each]) => `${parameter} ${canonicalJson(each)}`) : []
    }),
  )
