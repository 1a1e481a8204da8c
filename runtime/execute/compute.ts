import { Clock, DateTime, Effect } from "effect"
import type { GraphStage } from "../../dsl/graph.ts"
import { StageFailed, type StoreNotWritable } from "../error.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { isUnchanged } from "../fingerprint/outside-file.ts"
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
import type { Report, Task } from "./task/task.ts"
import { openInputs, taskOf } from "./task/task-of.ts"

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

interface About {
  readonly graphCode: GraphCode
  /** That the stage may compute with. */
  readonly threads: number
  readonly manifests: ReadonlyMap<string, Manifest>
  readonly report: (report: Report) => void
  readonly started: Effect.Effect<void>
  /** Called when the stage has computed, before its result is published. */
  readonly computed: Effect.Effect<void>
  /** Called where a stage that declares retries failed and is tried again. */
  readonly triedAgain: (failure: TaskFailed, left: number) => Effect.Effect<void>
}

/**
 * Computes one stage and publishes its result, under the lease of its key. Its inputs are verified
 * first. A stage that fails publishes nothing and leaves a record.
 */
export const compute = Effect.fn("compute")(function* (ready: Ready, about: About) {
  const { stage, key } = ready
  if (!(yield* (yield* Workspace).tryLease(key))) return { type: "held" } satisfies Attempt
  const manifest = yield* (yield* Results).manifest(key)
  if (manifest !== null) return { type: "cached", manifest } satisfies Attempt
  const { opened, damaged } = yield* openInputs(stage, about)
  if (damaged.length > 0) return { type: "damaged", producers: damaged } satisfies Attempt
  yield* about.started
  const { retries } = stage.declaration
  for (let left = retries; ; left -= 1) {
    const attempt = yield* attemptOnce(ready, opened, about)
    if (attempt.type !== "failed" || left === 0) return attempt.type === "failed" ? yield* failed(ready, attempt) : attempt
    yield* about.triedAgain(attempt.failure, left)
  }
}, Effect.scoped) as (ready: Ready, about: About) => Effect.Effect<Attempt, StoreNotWritable, Store | Executor | Settings>

interface FailedAttempt {
  readonly type: "failed"
  readonly failure: TaskFailed
  readonly task: Task
  readonly seconds: number
}

/** In a folder of its own, so that another attempt finds nothing of this one but its checkpoint. */
const attemptOnce = Effect.fnUntraced(function* (
  { stage, key, vector }: Ready,
  inputs: Task["inputs"],
  { graphCode, threads, report, computed }: About,
) {
  const results = yield* Results
  const workspace = yield* Workspace
  const codeFiles = yield* CodeFiles
  const executor = yield* Executor
  const settings = yield* Settings
  const folder = yield* workspace.temporaryFolder
  const checkpoint = graphCode.uncacheable(stage).length === 0 ? workspace.checkpoint(key) : null
  const task = taskOf(stage, { key, inputs, folder, checkpoint, graphCode, threads, settings })
  const printed = printedLines(report)
  const start = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - start) / 1000)
  return yield* enoughMemory(stage, settings).pipe(
    Effect.andThen(executor.execute(task, printed.report)),
    Effect.tap(() => outsideUnchanged(stage, graphCode)),
    Effect.flatMap((outputs) =>
      Effect.gen(function* () {
        const seconds = yield* elapsed
        yield* computed
        const files = graphCode.files(stage)
        yield* codeFiles.keep(files)
        const source = { code: graphCode.code(stage).digest, files: files.digest }
        const outside = outsideOf(stage, graphCode)
        const facts = {
          seconds,
          threads,
          created: yield* now,
          host: hostFacts(),
          source,
          ...(outside.length === 0 ? {} : { outside }),
          ...(printed.lines().length === 0 ? {} : { printed: printed.lines() }),
        }
        const manifest = yield* results.publish({
          manifest: { format: 1, key, stage: stage.declaration.name, vector, ...facts },
          outputs,
          folder,
        })
        if (checkpoint !== null) yield* workspace.forgetCheckpoint(key)
        return { type: "finished", manifest, seconds } satisfies Attempt
      }),
    ),
    Effect.catchTag("TaskFailed", (failure) =>
      Effect.map(elapsed, (seconds): FailedAttempt => ({ type: "failed", failure, task, seconds })),
    ),
  )
}, Effect.scoped)

/** Keeps what was thrown, with all that is needed to enter the stage again. */
const failed = Effect.fnUntraced(function* ({ stage, key, vector }: Ready, { failure, task, seconds }: FailedAttempt) {
  const { name, tag, message, details, stack, output } = failure
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

/** A stage that needs more memory than it may have would die half-way, or kill others. */
const enoughMemory = ({ declaration }: GraphStage, { memory }: SettingsShape): Effect.Effect<void, TaskFailed> =>
  declaration.memory <= memory
    ? Effect.void
    : Effect.fail(
        refusal(
          "NotEnoughMemory",
          `it needs ${gigabytes(declaration.memory)} of memory, and may have ${gigabytes(memory)}; set ASSAY_MEMORY`,
          {
            needs: declaration.memory,
            has: memory,
          },
        ),
      )

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`

/** A failure that the runtime reports, not the code of the stage. */
const refusal = (name: string, message: string, details: TaskFailed["details"]): TaskFailed =>
  new TaskFailed({ name, tag: name, message, details, stack: "", output: "" })

const outsideOf = (stage: GraphStage, graphCode: GraphCode): NonNullable<Manifest["outside"]> => [
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
const outsideUnchanged = Effect.fnUntraced(function* (stage: GraphStage, graphCode: GraphCode) {
  for (const { from } of stage.inputs.flatMap(({ sources }) => sources)) {
    if (from.kind !== "file") continue
    const file = graphCode.outside(from.file)
    if (yield* Effect.promise(() => isUnchanged(file))) continue
    return yield* refusal("InputChanged", `${file.path} was changed while the stage read it; run again`, { path: file.path })
  }
})

const now = Effect.map(DateTime.now, DateTime.formatIso)
