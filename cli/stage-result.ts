import type { Manifest } from "../runtime/index.ts"

/** The result of a stage in a run, with the id of the stage. */
export interface StageResult {
  readonly id: string
  readonly manifest: Manifest
}
