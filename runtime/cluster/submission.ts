import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { sha256 } from "../disk/sha256.ts"
import type { StageProgram } from "../fingerprint/program.ts"
import type { Rights } from "../fingerprint/rights.ts"
import type { StageServices } from "../fingerprint/stage-facts.ts"
import type { StaticParts } from "../fingerprint/vector.ts"
import type { FileList } from "../store/code/files.ts"
import type { StoredFile } from "../store/results/verify.ts"

/** Of a declaration what a machine needs that has not got its source. */
export type CarriedDeclaration = Pick<
  Declaration,
  | "name"
  | "version"
  | "inputs"
  | "outputs"
  | "threads"
  | "memory"
  | "gpus"
  | "labels"
  | "retries"
  | "engine"
  | "reads"
  | "readsAs"
  | "recorded"
  | "command"
  | "timeLimitMinutes"
>

/** What is known of the code of some stages. */
export interface CarriedCode {
  readonly parts: StaticParts
  readonly codeDigest: string
  /** Names of bundles in the store: of the stage's own module, and of plugins by their places. */
  readonly bundle: string
  readonly plugins: Readonly<Record<string, string>>
  readonly files: FileList
  readonly uncacheable: ReadonlyArray<string>
  readonly remarks: ReadonlyArray<string>
  readonly services: StageServices
  readonly recorded: boolean
  /** With its files as objects of the store; null where its module computes the stage. */
  readonly command: StageProgram | null
  /** With places instead of paths. */
  readonly rights: Rights
}

export interface CarriedStage extends Omit<GraphStage, "declaration" | "plugins"> {
  /** Indices. */
  readonly declaration: number
  readonly code: number
  /** The digest of what a worker must have to compute it. */
  readonly requirement: string
}

/** A file or folder from outside, whose bytes are objects of the store. */
export interface CarriedFile {
  readonly isFolder: boolean
  readonly digest: string
  readonly files: ReadonlyArray<StoredFile>
}

/**
 * All that other machines need to compute a pipeline: its graph, what is known of its code, and
 * where the code and its files are in the store. It says nothing of a run: two submissions of one
 * pipeline are the same.
 */
export interface Submission {
  readonly format: 1
  readonly pipeline: string
  readonly declarations: ReadonlyArray<CarriedDeclaration>
  readonly codes: ReadonlyArray<CarriedCode>
  readonly stages: ReadonlyArray<CarriedStage>
  readonly results: Graph["results"]
  readonly outside: Readonly<Record<string, CarriedFile>>
  /** Ids of recorded stages that are asked again although they have results; none if absent. */
  readonly refresh?: ReadonlyArray<string>
}

export const submissionDigest = (text: string): string => sha256("submission", text)
