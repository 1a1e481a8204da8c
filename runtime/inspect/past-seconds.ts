import { Effect } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { StageOutcome } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import type { WiredStage } from "../store/runs/wiring.ts"

/** Results of stages of one name that are looked at, the latest first. */
const mostCompared = 64

/**
 * What the stages of a run took the last time, in seconds, by id: the stage of that id in earlier
 * runs of the pipeline, else the latest result of a stage of that name with equal parameters. A
 * stage that is not in it has not been computed in this store.
 */
export const pastSeconds = Effect.fn("pastSeconds")(function* (
  { run, pipeline }: { readonly run: string; readonly pipeline: string },
  stages: ReadonlyArray<Pick<WiredStage, "id" | "stage" | "parameters">>,
) {
  const results = yield* Results
  const { history } = yield* Runs
  const seconds = new Map<string, number>()
  const wanted = new Map(stages.map((stage) => [stage.id, stage]))
  /** Of the stages with a result in earlier runs: by id, its key; by name, those of all. */
  const keys = new Map<string, string>()
  const keysOfName = new Map<string, Set<string>>()
  const remember = ({ id, stage, outcome, key, seconds: took }: StageOutcome, isSame: boolean): void => {
    if (key === null) return
    const known = keysOfName.get(stage) ?? new Set()
    keysOfName.set(stage, known)
    if (known.size < mostCompared) known.add(key)
    if (!isSame || !wanted.has(id) || keys.has(id)) return
    keys.set(id, key)
    if (outcome === "finished") seconds.set(id, took)
  }
  for (const record of history()) {
    if (record.run === run) continue
    for (const outcome of record.stages) remember(outcome, record.pipeline === pipeline)
    if (keys.size === wanted.size) break
  }
  for (const [id, key] of keys) {
    const manifest = seconds.has(id) ? null : yield* results.manifest(key)
    if (manifest !== null) seconds.set(id, manifest.seconds)
  }
  const left = stages.filter(({ id }) => !seconds.has(id))
  const byParameters = new Map<string, number>()
  for (const name of new Set(left.map(({ stage }) => stage))) {
    const manifests = yield* Effect.forEach(keysOfName.get(name) ?? [], results.manifest)
    for (const manifest of manifests) {
      const identity = manifest === null ? null : nameWith(name, parametersOf(manifest))
      if (manifest !== null && identity !== null && !byParameters.has(identity)) byParameters.set(identity, manifest.seconds)
    }
  }
  for (const { id, stage, parameters } of left) {
    const took = byParameters.get(nameWith(stage, parameters))
    if (took !== undefined) seconds.set(id, took)
  }
  return seconds as ReadonlyMap<string, number>
})

const nameWith = (stage: string, parameters: Json): string => `${stage} ${canonicalJson(parameters)}`

const parametersOf = ({ vector }: Manifest): Json => vector.find(({ component }) => component === "parameters")?.value ?? null
