import type { JsonObject } from "../../../dsl/canonical.ts"
import type { Point } from "../../../dsl/declaration.ts"
import type { ArtifactType, Columns, EngineSetting } from "../../../dsl/index.ts"
import type { TensorflowPlace } from "../../engines/load-tensorflow.ts"
import type { StageProgram } from "../../fingerprint/program.ts"
import type { Rights } from "../../fingerprint/rights.ts"
import type { StageServices } from "../../fingerprint/stage-facts.ts"
import type { WrittenOutput } from "../../store/results/publish.ts"

/**
 * A stage to be computed, as plain data: what crosses into the process, or the machine, that does
 * it. All paths are absolute.
 */
export interface Task {
  /** The key of the result; for a stage that cannot be cached, one that no other run has. */
  readonly key: string
  /** The module to import: its `run` is the stage. */
  readonly bundle: string
  /** The modules of plugins by their printed places: the `run` of each is the plugin. */
  readonly plugins: Readonly<Record<string, string>>
  readonly rights: Rights
  readonly stage: string
  readonly inputs: Readonly<Record<string, TaskInput>>
  readonly parameters: JsonObject
  readonly outputs: Readonly<Record<string, ArtifactType>>
  /** An empty folder to write into. */
  readonly folder: string
  /** The folder where the stage may keep how far it has got; null where nothing is kept. */
  readonly checkpoint: string | null
  readonly engine: EngineSetting
  /** The TensorFlow to load first; absent where the stage needs none, or finds one beside Assay. */
  readonly tensorflow?: TensorflowPlace
  /** What it may ask of the process that runs it; absent in records of older versions. */
  readonly services?: StageServices
  /** The user's program that computes it; absent where its module does. */
  readonly command?: StageProgram
  /** The GPUs that it may use, counted from 0; absent in records of versions that gave none. */
  readonly gpus?: ReadonlyArray<number>
}

export type TaskInput =
  | { readonly kind: "one"; readonly artifact: TaskArtifact }
  | {
      readonly kind: "many"
      readonly members: ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly at: Point; readonly artifact: TaskArtifact }>
    }

/** `rows` is null for a file from outside, whose rows have not been counted. */
export type TaskArtifact =
  | { readonly kind: "table"; readonly digest: string; readonly rows: number | null; readonly columns: Columns; readonly path: string }
  | { readonly kind: "files"; readonly digest: string; readonly files: ReadonlyArray<{ readonly name: string; readonly path: string }> }

/** What was measured at a step. */
export interface StepMetrics {
  readonly step: number
  readonly values: Readonly<Record<string, number>>
  /** Whether the stage has loaded its checkpoint since the step before. */
  readonly isResumed: boolean
}

/** What a task reports while it runs. */
export type Report =
  | { readonly type: "metrics"; readonly steps: ReadonlyArray<StepMetrics> }
  | { readonly type: "progress"; readonly step: number; readonly total: number; readonly values: Readonly<Record<string, number>> }
  | { readonly type: "output"; readonly text: string }

export type TaskOutputs = Readonly<Record<string, WrittenOutput>>
