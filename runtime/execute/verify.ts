import { Effect } from "effect"
import { sha256 } from "../disk/sha256.ts"
import { ObjectDamaged } from "../error.ts"
import { fingerprintCode } from "../fingerprint/graph-code.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { planGraph } from "../plan/plan.ts"
import { Settings } from "../settings.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { Executor, type TaskFailed } from "./executor/executor.ts"
import { hostDifference } from "./host.ts"
import { serveTask } from "./serve.ts"
import type { TaskOutputs } from "./task/task.ts"
import { openInputs, taskOf } from "./task/task-of.ts"

/**
 * The outcome of computing a stage once more: `same` bit for bit, or how not. A `recorded` one is
 * not computed: its answers came from outside and cannot be had again.
 */
export interface Verified {
  readonly id: string
  readonly stage: string
  readonly verdict: "same" | "different" | "damaged" | "failed" | "recorded"
  /** Outputs that differ, or what went wrong. */
  readonly details: ReadonlyArray<string>
  readonly seconds: number
}

/**
 * Computes cached stages once more and compares every file with what is stored, bit for bit.
 * `sample` takes so many of them, others for another `seed`; null takes all. Publishes nothing;
 * damaged objects are quarantined, as in a run.
 */
export const verify = Effect.fn("verify")(function* (
  { graph }: LoadedPipeline,
  options: { readonly sample: number | null; readonly seed: number; readonly each: (verified: Verified) => Effect.Effect<void> },
) {
  const results = (yield* Results).repairing
  const { temporaryFolder } = yield* Workspace
  const executor = yield* Executor
  const settings = yield* Settings
  const graphCode = yield* fingerprintCode(graph)
  const { stages } = yield* planGraph(graph, graphCode)
  const manifests = new Map(stages.flatMap(({ id, manifest }) => (manifest === null ? [] : [[id, manifest] as const])))
  const rank = (id: string) => sha256("sample", `${options.seed} ${id}`)
  const cached = graph.stages.filter(({ id }) => manifests.has(id))
  const chosen = new Set(
    [...cached]
      .sort((a, b) => (rank(a.id) < rank(b.id) ? -1 : 1))
      .slice(0, options.sample ?? cached.length)
      .map(({ id }) => id),
  )
  const verified: Array<Verified> = []
  for (const stage of cached.filter(({ id }) => chosen.has(id))) {
    const manifest = manifests.get(stage.id) as Manifest
    const isRecorded = graphCode.recorded(stage)
    const compared = yield* Effect.gen(function* () {
      for (const output of Object.keys(manifest.outputs)) yield* results.open(manifest, output)
      if (isRecorded) return []
      const { opened, damaged } = yield* openInputs(stage, { graphCode, manifests })
      if (damaged.length > 0)
        return yield* new ObjectDamaged({ object: "", path: "", message: `an input made by ${damaged.join(", ")} is damaged` })
      const folder = yield* temporaryFolder
      const task = taskOf(stage, {
        key: manifest.key,
        inputs: opened,
        folder,
        checkpoint: null,
        graphCode,
        allocation: {
          threads: Math.min(stage.declaration.threads, settings.threads),
          gpus: Array.from({ length: Math.min(stage.declaration.gpus, settings.gpus) }, (_, index) => index),
        },
        settings,
      })
      const { serve } = yield* serveTask(task, { isRefreshed: false, isKept: false, report: () => {} })
      const found = differences(manifest, yield* executor.execute(task, () => {}, serve))
      const machine = found.length === 0 ? null : hostDifference(manifest.host)
      return machine === null ? found : [...found, machine]
    }).pipe(
      Effect.scoped,
      Effect.provideService(Results, results),
      Effect.map((details) => ({
        verdict: isRecorded ? ("recorded" as const) : details.length === 0 ? ("same" as const) : ("different" as const),
        details,
      })),
      Effect.catchTag("ObjectDamaged", ({ message }) => Effect.succeed({ verdict: "damaged" as const, details: [message] })),
      Effect.catchTag("TaskFailed", ({ tag, message }: TaskFailed) =>
        Effect.succeed({ verdict: "failed" as const, details: [`${tag}: ${message}`] }),
      ),
    )
    const result: Verified = { id: stage.id, stage: stage.declaration.name, ...compared, seconds: manifest.seconds }
    verified.push(result)
    yield* options.each(result)
  }
  return verified
})

const differences = (manifest: Manifest, outputs: TaskOutputs): ReadonlyArray<string> =>
  Object.entries(manifest.outputs).flatMap(([name, stored]) => {
    const made = new Map(outputs[name]?.files.map((file) => [file.name, file.object]))
    const files = [...new Set([...stored.files.map((file) => file.name), ...made.keys()])]
    return files.flatMap((file) => {
      const was = stored.files.find((each) => each.name === file)?.object
      return made.get(file) === was
        ? []
        : [`${name}, ${file}: ${(was ?? "absent").slice(0, 12)} is stored, ${(made.get(file) ?? "absent").slice(0, 12)} came out`]
    })
  })
