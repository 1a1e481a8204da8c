import { match } from "ts-pattern"
import type { Json } from "../../dsl/canonical.ts"
import type { GraphSource, GraphStage } from "../../dsl/graph.ts"
import type { RunCode } from "./graph-code.ts"
import { inputValue, keyOf, type Vector, vectorOf } from "./vector.ts"

/** The fingerprint of a stage, as far as it is known. */
export type Fingerprint =
  | { readonly state: "complete"; readonly vector: Vector; readonly key: string }
  /**
   * All inputs are known, but no result can be kept for a later run: only a run gives such a stage
   * a key.
   */
  | { readonly state: "uncacheable"; readonly vector: Vector }
  /** These stages still have to compute an input. The component of such a port is null. */
  | { readonly state: "waiting"; readonly vector: Vector; readonly waitsFor: ReadonlyArray<string> }

export interface Known {
  readonly graphCode: Pick<RunCode, "parts" | "uncacheable" | "outside">
  /** The logical digest of a stage's output; null while it has still to be computed. */
  readonly outputDigest: (id: string, output: string) => string | null
  /**
   * The run that asks; null if none does. It gives a stage that cannot be cached a key that no
   * other run has.
   */
  readonly run: string | null
}

/**
 * Digests of inputs, then the vector, then its key: the one way from a stage to its fingerprint,
 * for plans and for runs.
 */
export const assemble = (stage: GraphStage, { graphCode, outputDigest, run }: Known): Fingerprint => {
  const inputs: Record<string, Json> = {}
  const waitsFor = new Set<string>()
  for (const input of stage.inputs) {
    const digests = input.sources.map((source) => sourceDigest(source, { graphCode, outputDigest }))
    for (const [index, { from }] of input.sources.entries()) if (digests[index] === null && from.kind === "output") waitsFor.add(from.id)
    const complete = digests.filter((digest) => digest !== null)
    inputs[input.port] = complete.length === digests.length ? inputValue(input, complete) : null
  }
  const parts = graphCode.parts(stage)
  const uncacheable = graphCode.uncacheable(stage)
  const isRunOnly = uncacheable.length > 0 && run !== null
  const vector = vectorOf(stage, isRunOnly ? { ...parts, code: { uncacheable, run, id: stage.id } } : parts, inputs)
  if (waitsFor.size > 0) return { state: "waiting", vector, waitsFor: [...waitsFor] }
  return uncacheable.length > 0 && run === null ? { state: "uncacheable", vector } : { state: "complete", vector, key: keyOf(vector) }
}

/** The logical digest of what is wired to a port; null while it has still to be computed. */
export const sourceDigest = ({ from }: GraphSource, { graphCode, outputDigest }: Pick<Known, "graphCode" | "outputDigest">) =>
  match(from)
    .returnType<string | null>()
    .with({ kind: "file" }, ({ file }) => graphCode.outside(file).digest)
    .with({ kind: "output" }, ({ id, output }) => outputDigest(id, output))
    .exhaustive()
