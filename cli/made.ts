import type { Manifest } from "../runtime/index.ts"

/** What a stage made in a run, by the id of the stage. */
export interface Made {
  readonly id: string
  readonly manifest: Manifest
}
