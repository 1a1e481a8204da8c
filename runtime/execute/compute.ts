import { Clock, DateTime, Effect } from "effect"
import type { GraphStage } from "../../dsl/graph.ts"
import type { Connections } from "../connect/connections.ts"
import { StageFailed, type StoreNotWritable } from "../error.ts"
import type { RunCode } from "../fingerprint/graph-code.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import { CodeFiles } from "../store/code/files.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import { Runs } from "../store/runs/runs.ts"
import type { Store } from "../store/store.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { Executor, TaskFailed } from "./executor/executor.ts"
import { hostFacts } from "./host.ts"
import { printedLines } from "./printed-lines.ts"
import type { Ready } from "./ready.ts"
import type { Allocation } from "./resources.ts"
import { serveTask } from "./serve.ts"
import type { Report, Task } from "./task/task.ts"
import { openInputs, taskOf } from "./task/task-of.ts"
import { inComputeSpan, inInputsSpan, inPublishSpan, inStageSpan } from "./telemetry.ts"

/** The outcome of an attempt to compute a stage. */
export type Attempt =
  | { readonly type: "finished"; readonly manifest: Manifest; readonly seconds: number }
  /** Another process had computed it in the meantime. */
  | { readonly type: "cached"; readonly manifest: Manifest }
  /** Another process is computing it. */
  | { readonly type: "held" }
  /** Inputs made by these stages turned out to be damaged and were quarantined. */
  | { readonly type: "damaged"; readonly producers: ReadonlyArray<string> }
  | { readonly type: "failed"; readonly failure: StageFailed; readonly key: string; readonly seconds: number }

export interface AttemptOptions {
  readonly graphCode: RunCode
  /** What the stage may compute with. */
  readonly allocation: Allocation
  readonly manifests: ReadonlyMap<string, Manifest>
  /** Whether a lock other than the lease of the store gives this process the right to the key. */
  readonly isOurs?: boolean
  readonly report: (report: Report) => void
  /** Called when the stage begins, with the machine where that is not this one. */
  readonly started: (machine?: string) => Effect.Effect<void>
  readonly warn: (message: string) => Effect.Effect<void>
  /** The run for which a recorded stage is asked again, although it has a result. */
  readonly refreshedBy?: string
  /** Called when the stage has computed, before its result is published. */
  readonly computed: Effect.Effect<void>
}

/**
 * Computes one stage and publishes its result, under the lease of its key. Its inputs are verified
 * first. A stage that fails publishes nothing and leaves a record.
 */
export const compute = Effect.fnUntraced(function* (ready: Ready, about: AttemptOptions) {
  const { key } = ready
  if (!about.isOurs && !(yield* (yield* Workspace).tryLease(key))) return { type: "held" } satisfies Attempt
  const manifest = yield* (yield* Results).latest(key)
  if (manifest !== null && isWanted(manifest, about)) return { type: "cached", manifest } satisfies Attempt
  return yield* inStageSpan(computeLeased(ready, about), ready, about.allocation.threads)
}, Effect.scoped) as (
  ready: Ready,
  about: AttemptOptions,
) => Effect.Effect<Attempt, StoreNotWritable, Store | Executor | Connections | Settings>

/** Whether a result will do: where a stage is to be asked again, that of the same run alone. */
export const isWanted = ({ refreshedBy }: Pick<Manifest, "refreshedBy">, wanted: Pick<AttemptOptions, "refreshedBy">): boolean =>
  wanted.refreshedBy === undefined || wanted.refreshedBy === refreshedBy

/** The same, of a stage whose key is leased and has no result that will do. */
const computeLeased = Effect.fnUntraced(function* (ready: Ready, about: AttemptOptions) {
  const { stage } = ready
  const { opened, damaged } = yield* inInputsSpan(openInputs(stage, about), stage, about.manifests)
  if (damaged.length > 0) return { type: "damaged", producers: damaged } satisfies Attempt
  yield* about.started()
  const { retries } = stage.declaration
  for (let left = retries; ; left -= 1) {
    const attempt = yield* attemptOnce(ready, opened, about)
    if (attempt.type !== "failed" || left === 0) return attempt.type === "failed" ? yield* failed(ready, attempt) : attempt
    const { tag, message } = attempt.failure
    yield* about.warn(`${tag}: ${message}; trying again, ${left} left`)
  }
}) as (ready: Ready, about: AttemptOptions) => Effect.Effect<Attempt, StoreNotWritable, Store | Executor | Connections | Settings>

interface FailedAttempt {
  readonly type: "failed"
  readonly failure: TaskFailed
  /** The last that was printed. */
  readonly output: string
  readonly task: Task
  readonly seconds: number
}

/** In a folder of its own, so that another attempt finds nothing of this one but its checkpoint. */
const attemptOnce = Effect.fnUntraced(function* (
  { stage, key, vector }: Ready,
  inputs: Task["inputs"],
  { graphCode, allocation, refreshedBy, report, computed }: AttemptOptions,
) {
  const results = yield* Results
  const workspace = yield* Workspace
  const isRefreshed = refreshedBy !== undefined
  const codeFiles = yield* CodeFiles
  const executor = yield* Executor
  const settings = yield* Settings
  const folder = yield* workspace.temporaryFolder
  const checkpoint = graphCode.uncacheable(stage).length === 0 ? workspace.checkpoint(key) : null
  const task = taskOf(stage, { key, inputs, folder, checkpoint, graphCode, allocation, settings })
  const { threads } = allocation
  const printed = printedLines(report)
  const { serve, count, scopes } = yield* serveTask(task, { isRefreshed, isKept: true, report: printed.report })
  const start = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - start) / 1000)
  return yield* enoughResources(stage, settings).pipe(
    Effect.andThen(inComputeSpan(withinTime(executor.execute(task, printed.report, serve), stage))),
    Effect.tap(() => outsideUnchanged(stage, graphCode)),
    Effect.flatMap((outputs) =>
      Effect.gen(function* () {
        const seconds = yield* elapsed
        yield* computed
        const files = graphCode.files(stage)
        yield* codeFiles.keep(files)
        const source = { code: graphCode.codeDigest(stage), files: files.digest }
        const outside = outsideOf(stage, graphCode)
        const facts = {
          seconds,
          threads,
          created: yield* now,
          host: hostFacts(),
          source,
          ...(outside.length === 0 ? {} : { outside }),
          ...(graphCode.recorded(stage) ? { recorded: true as const } : {}),
          ...(isRefreshed ? { refreshedBy } : {}),
          ...(scopes().length === 0 ? {} : { answers: { scopes: scopes(), ...count } }),
          ...(printed.lines().length === 0 ? {} : { printed: printed.lines() }),
        }
        const publication = {
          manifest: { format: 1, key, stage: stage.declaration.name, vector, ...facts },
          outputs,
          folder,
          replaces: isRefreshed,
        } as const
        const manifest = yield* inPublishSpan(results.publish(publication), outputs)
        if (checkpoint !== null) yield* workspace.forgetCheckpoint(key)
        return { type: "finished", manifest, seconds } satisfies Attempt
      }),
    ),
    Effect.catchTag("TaskFailed", (failure) =>
      Effect.map(elapsed, (seconds): FailedAttempt => {
        // A program's output is not that of the stage's own process.
        const output = failure.output === "" ? printed.lines().join("\n") : failure.output
        return { type: "failed", failure, output, task, seconds }
      }),
    ),
  )
}, Effect.scoped)

/** Keeps what was thrown, with all that is needed to enter the stage again. */
const failed = Effect.fnUntraced(function* ({ stage, key, vector }: Ready, { failure, output, task, seconds }: FailedAttempt) {
  const { name, tag, message, details, stack } = failure
  const record = yield* (yield* Runs).recordFailure({
    format: 1,
    id: stage.id,
    stage: stage.declaration.name,
    key,
    vector,
    task,
    error: { name, tag, message, details, stack },
    output,
    created: yield* now,
    seconds,
  })
  const reported = new StageFailed({ id: stage.id, stage: stage.declaration.name, tag, message, details, record })
  return { type: "failed", failure: reported, key, seconds } satisfies Attempt
})

/**
 * A stage that needs more memory than it may have would die half-way, or kill others; one that
 * needs more GPUs would meet another stage on the same.
 */
const enoughResources = ({ declaration }: GraphStage, { memory, gpus }: SettingsShape): Effect.Effect<void, TaskFailed> => {
  if (declaration.memory > memory)
    return Effect.fail(
      refusal(
        "NotEnoughMemory",
        `it needs ${gigabytes(declaration.memory)} of memory, and may have ${gigabytes(memory)}; set ASSAY_MEMORY`,
        { needs: declaration.memory, has: memory },
      ),
    )
  if (declaration.gpus > gpus)
    return Effect.fail(
      refusal("NotEnoughGpus", `it needs ${declaration.gpus} GPUs, and may have ${gpus}; set ASSAY_GPUS, or run it on a cluster`, {
        needs: declaration.gpus,
        has: gpus,
      }),
    )
  return Effect.void
}

/** Ends an attempt that takes longer than its stage may. */
const withinTime = <A>(attempt: Effect.Effect<A, TaskFailed>, { declaration }: GraphStage): Effect.Effect<A, TaskFailed> => {
  const { timeLimitMinutes: minutes } = declaration
  if (minutes === undefined) return attempt
  const message = `it took longer than ${minutes} minutes, and was ended; raise timeLimitMinutes. A stage that keeps its progress goes on with it when it is run again`
  const outOfTime = Effect.suspend(() => Effect.fail(refusal("TimeLimit", message, { timeLimitMinutes: minutes })))
  return Effect.timeoutOrElse(attempt, { duration: minutes * 60_000, orElse: () => outOfTime })
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`

/** A failure that the runtime reports, not the code of the stage. */
const refusal = (name: string, message: string, details: TaskFailed["details"]): TaskFailed =>
  new TaskFailed({ name, tag: name, message, details, stack: "", output: "" })

const outsideOf = (stage: GraphStage, graphCode: RunCode): NonNullable<Manifest["outside"]> => [
  ...new Map(
    stage.inputs.flatMap(({ sources }) =>
      sources.flatMap(({ from }) =>
        from.kind === "file" ? [[from.file, { digest: graphCode.outside(from.file).digest, file: from.file }] as const] : [],
      ),
    ),
  ).values(),
]

/**
 * A file from outside that changed while the stage ran would put a wrong result under a right key.
 */
const outsideUnchanged = Effect.fnUntraced(function* (stage: GraphStage, graphCode: RunCode) {
  for (const { from } of stage.inputs.flatMap(({ sources }) => sources)) {
    if (from.kind !== "file") continue
    const file = graphCode.outside(from.file)
    if (yield* Effect.promise(() => file.isUnchanged())) continue
    return yield* refusal("InputChanged", `${file.path} was changed while the stage read it; run again`, { path: file.path })
  }
})

const now = Effect.map(DateTime.now, DateTime.formatIso)
