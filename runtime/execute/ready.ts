import type { GraphStage } from "../../dsl/graph.ts"
import { assemble } from "../fingerprint/assemble.ts"
import type { RunCode } from "../fingerprint/graph-code.ts"
import type { Vector } from "../fingerprint/vector.ts"
import type { Manifest } from "../store/results/manifest.ts"

/** A stage whose inputs are all computed, with its fingerprint. */
export interface Ready {
  readonly stage: GraphStage
  readonly key: string
  readonly vector: Vector
}

/**
 * Completes the fingerprint of a stage in a run. Throws if an input has not been computed: the
 * schedule was wrong.
 */
export const readyOf = (stage: GraphStage, graphCode: RunCode, manifests: ReadonlyMap<string, Manifest>, run: string): Ready => {
  const outputDigest = (id: string, output: string) => manifests.get(id)?.outputs[output]?.digest ?? null
  const fingerprint = assemble(stage, { graphCode, outputDigest, run })
  if (fingerprint.state !== "complete") throw new Error(`stage ${stage.id} was scheduled before its inputs were computed`)
  return { stage, key: fingerprint.key, vector: fingerprint.vector }
}
