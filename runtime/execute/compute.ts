import * as os from "node:os"
import { Clock, DateTime, Effect } from "effect"
import type { GraphSource, GraphStage } from "../../dsl/graph.ts"
import { type ObjectDamaged, StageFailed, type StoreNotWritable } from "../error.ts"
import type { Prepared } from "../fingerprint/prepare.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { Manifest } from "../store/manifest.ts"
import { Store } from "../store/store.ts"
import { sha256 } from "../store/verify.ts"
import { Executor, TaskFailed } from "./executor.ts"
import type { Ready } from "./ready.ts"
import type { Report, Task, TaskArtifact, TaskInput } from "./task.ts"

/** What came of an attempt to compute a stage. */
export type Attempt =
  | { readonly type: "finished"; readonly manifest: Manifest; readonly seconds: number }
  /** Another process had computed it in the meantime. */
  | { readonly type: "cached"; readonly manifest: Manifest }
  /** Another process is computing it. */
  | { readonly type: "held" }
  /** Inputs of these stages turned out to be damaged and were set aside. */
  | { readonly type: "damaged"; readonly producers: ReadonlyArray<string> }
  | { readonly type: "failed"; readonly failure: StageFailed; readonly key: string; readonly seconds: number }

/**
 * Computes one stage and publishes its result, under the lease of its key. Its inputs are verified first. A stage that fails
 * publishes nothing and leaves a record.
 */
export const compute = Effect.fn("compute")(function* (
  ready: Ready,
  about: {
    readonly prepared: Prepared
    readonly manifests: ReadonlyMap<string, Manifest>
    readonly report: (report: Report) => void
    readonly started: Effect.Effect<void>
  },
) {
  const store = yield* Store
  const executor = yield* Executor
  const settings = yield* Settings
  const { stage, key, vector } = ready
  if (!(yield* store.tryLease(key))) return { type: "held" } satisfies Attempt
  const manifest = yield* store.manifest(key)
  if (manifest !== null) return { type: "cached", manifest } satisfies Attempt
  const inputs = yield* openInputs(stage, about)
  if (inputs.damaged.length > 0) return { type: "damaged", producers: inputs.damaged } satisfies Attempt
  const folder = yield* store.temporaryFolder
  const task = taskOf(stage, inputs.opened, folder, about.prepared, settings)
  yield* about.started
  const start = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - start) / 1000)
  const created = Effect.map(DateTime.now, DateTime.formatIso)
  return yield* executor.execute(task, about.report).pipe(
    Effect.tap(() => outsideUnchanged(stage, about.prepared)),
    Effect.flatMap((outputs) =>
      Effect.gen(function* () {
        const seconds = yield* elapsed
        const files = about.prepared.files(stage)
        yield* store.keepFiles(files)
        const source = { code: about.prepared.code(stage).digest, files: files.digest }
        const facts = { seconds, created: yield* created, host: host(), source }
        const published = yield* store.publish({ format: 1, key, stage: stage.declaration.name, vector, ...facts }, outputs)
        return { type: "finished", manifest: published, seconds } satisfies Attempt
      }),
    ),
    Effect.catchTag("TaskFailed", ({ name, tag, message, details, stack, output }) =>
      Effect.gen(function* () {
        const seconds = yield* elapsed
        const record = yield* store.recordFailure({
          format: 1,
          id: stage.id,
          stage: stage.declaration.name,
          key,
          vector,
          task,
          error: { name, tag, message, details, stack },
          output,
          created: yield* created,
          seconds,
        })
        const failure = new StageFailed({ id: stage.id, stage: stage.declaration.name, tag, message, details, record })
        return { type: "failed", failure, key, seconds } satisfies Attempt
      }),
    ),
  ) as Effect.Effect<Attempt, StoreNotWritable>
}, Effect.scoped)

/** Every input of the stage as files that have been verified, and the stages whose results did not pass. */
const openInputs = Effect.fnUntraced(function* (
  stage: GraphStage,
  { prepared, manifests }: { readonly prepared: Prepared; readonly manifests: ReadonlyMap<string, Manifest> },
) {
  const store = yield* Store
  const damaged = new Set<string>()
  const opened: Record<string, TaskInput> = {}
  const openOne = ({ type, from }: GraphSource): Effect.Effect<TaskArtifact | null> => {
    if ("file" in from) {
      const { path, digest } = prepared.outside(from.file)
      return Effect.succeed(
        type.kind === "table"
          ? { kind: "table", digest, rows: null, columns: type.columns, path }
          : { kind: "files", digest, files: [{ name: baseName(path), path }] },
      )
    }
    const manifest = manifests.get(from.id) as Manifest
    const output = manifest.outputs[from.output]
    return store.open(manifest, from.output).pipe(
      Effect.map((files): TaskArtifact => {
        const { digest = "", rows = 0 } = output ?? {}
        return type.kind === "table"
          ? { kind: "table", digest, rows, columns: type.columns, path: files[0]?.path ?? "" }
          : { kind: "files", digest, files: files.map(({ name, path }) => ({ name, path })) }
      }),
      Effect.catchTag("ObjectDamaged", (_: ObjectDamaged) =>
        Effect.sync(() => {
          damaged.add(from.id)
          return null
        }),
      ),
    )
  }
  for (const { port, many, sources } of stage.inputs) {
    const artifacts = yield* Effect.forEach(sources, openOne)
    const members = sources.flatMap(({ path, at }, index) => {
      const artifact = artifacts[index]
      return artifact == null ? [] : [{ path, at, artifact }]
    })
    const [only] = members
    if (many) opened[port] = { kind: "many", members }
    else if (only !== undefined) opened[port] = { kind: "one", artifact: only.artifact }
  }
  return { opened, damaged: [...damaged] }
})

const taskOf = (
  stage: GraphStage,
  inputs: Task["inputs"],
  folder: string,
  prepared: Prepared,
  { threads, engine, device }: SettingsShape,
): Task => ({
  bundle: prepared.code(stage).bundle,
  stage: stage.declaration.name,
  inputs,
  parameters: stage.parameters,
  outputs: stage.declaration.outputs,
  folder,
  engine: { engine, device, threads: Math.min(stage.declaration.threads, threads) },
})

/** A file from outside that changed while the stage ran would put a wrong result under a right key. */
const outsideUnchanged = Effect.fnUntraced(function* (stage: GraphStage, prepared: Prepared) {
  for (const { from } of stage.inputs.flatMap(({ sources }) => sources)) {
    if (!("file" in from)) continue
    const file = prepared.outside(from.file)
    const now = yield* Effect.promise(() => sha256(file.path).catch(() => "gone"))
    if (now === file.sha256) continue
    const message = `${file.path} was changed while the stage read it; run again`
    return yield* new TaskFailed({
      name: "InputChanged",
      tag: "InputChanged",
      message,
      details: { path: file.path },
      stack: "",
      output: "",
    })
  }
})

const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file

const host = (): Manifest["host"] => ({
  name: os.hostname(),
  platform: `${os.platform()}-${os.arch()}`,
  node: process.version,
  cpu: os.cpus()[0]?.model ?? "",
})
