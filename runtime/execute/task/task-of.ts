import { Effect } from "effect"
import type { GraphSource, GraphStage } from "../../../dsl/graph.ts"
import { installedTensorflow, tensorflowPlace } from "../../engines/installed.ts"
import type { ObjectDamaged } from "../../error.ts"
import type { RunCode } from "../../fingerprint/graph-code.ts"
import type { SettingsShape } from "../../settings.ts"
import type { Manifest } from "../../store/results/manifest.ts"
import { Results } from "../../store/results/results.ts"
import type { Allocation } from "../resources.ts"
import type { Task, TaskArtifact, TaskInput } from "./task.ts"

/**
 * The inputs of a stage as files that have been verified, and the stages whose results did not
 * pass.
 */
export interface OpenedInputs {
  readonly opened: Task["inputs"]
  readonly damaged: ReadonlyArray<string>
}

/** Every input of the stage, from the results of the stages before it. */
export const openInputs: (
  stage: GraphStage,
  about: { readonly graphCode: Pick<RunCode, "outside">; readonly manifests: ReadonlyMap<string, Manifest> },
) => Effect.Effect<OpenedInputs, never, Results> = Effect.fnUntraced(function* (stage, { graphCode, manifests }) {
  const results = yield* Results
  const damaged = new Set<string>()
  const opened: Record<string, TaskInput> = {}
  const openOne = ({ type, from }: GraphSource): Effect.Effect<TaskArtifact | null> => {
    if (from.kind === "file") {
      const { files, digest } = graphCode.outside(from.file)
      return Effect.succeed(
        type.kind === "table"
          ? { kind: "table", digest, rows: null, columns: type.columns, path: files[0]?.path ?? "" }
          : { kind: "files", digest, files },
      )
    }
    const manifest = manifests.get(from.id) as Manifest
    const output = manifest.outputs[from.output]
    return results.open(manifest, from.output).pipe(
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

/** A stage as data for an executor. */
export const taskOf = (
  stage: GraphStage,
  about: {
    readonly key: string
    readonly inputs: Task["inputs"]
    readonly folder: string
    readonly checkpoint: string | null
    readonly graphCode: Pick<RunCode, "bundles" | "rights" | "services" | "command">
    readonly allocation: Pick<Allocation, "threads" | "gpus">
    readonly settings: SettingsShape
  },
): Task => {
  const { engine, device } = about.settings
  const command = about.graphCode.command(stage)
  const rights = about.graphCode.rights(stage)
  const tensorflow = rights.engine && engine === "tensorflow" ? installedTensorflow(about.settings, device) : undefined
  return {
    key: about.key,
    ...about.graphCode.bundles(stage),
    rights,
    services: about.graphCode.services(stage),
    stage: stage.declaration.name,
    inputs: about.inputs,
    parameters: stage.parameters,
    outputs: stage.declaration.outputs,
    folder: about.folder,
    checkpoint: about.checkpoint,
    engine: { engine, device, threads: about.allocation.threads },
    gpus: about.allocation.gpus,
    ...(tensorflow === undefined ? {} : { tensorflow: tensorflowPlace(about.settings, tensorflow) }),
    ...(command === null ? {} : { command }),
  }
}
