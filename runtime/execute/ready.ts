import type { Json } from "../../dsl/canonical.ts"
import type { GraphStage } from "../../dsl/graph.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { inputValue, keyOf, type Vector, vectorOf } from "../fingerprint/vector.ts"
import type { Manifest } from "../store/results/manifest.ts"

/** A stage whose inputs are all there, with its fingerprint. */
export interface Ready {
  readonly stage: GraphStage
  readonly key: string
  readonly vector: Vector
}

/** Completes the stage's fingerprint by the digests of its inputs. A stage that cannot be cached gets a key that no other run has. */
export const readyOf = (stage: GraphStage, graphCode: GraphCode, manifests: ReadonlyMap<string, Manifest>, runId: string): Ready => {
  const inputs = Object.fromEntries(
    stage.inputs.map((input): [string, Json] => {
      const digests = input.sources.map(({ from }) =>
        "file" in from ? graphCode.outside(from.file).digest : (manifests.get(from.id)?.outputs[from.output]?.digest ?? ""),
      )
      return [input.port, inputValue(input, digests)]
    }),
  )
  const parts = graphCode.parts(stage)
  const uncacheable = graphCode.uncacheable(stage)
  const code = uncacheable.length === 0 ? parts.code : { uncacheable, run: runId, id: stage.id }
  const vector = vectorOf(stage, { ...parts, code }, inputs)
  return { stage, vector, key: keyOf(vector) }
}
