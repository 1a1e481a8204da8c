import { createHash } from "node:crypto"
import type { Pipeline } from "assay"
import { canonicalJson } from "../../dsl/canonical.ts"

type Graph = Pipeline["graph"]

/**
 * What each stage of a pipeline is, whatever it is called: equal for stages of equal declarations,
 * parameters and inputs, all the way up. By id.
 */
export const identities = ({ stages }: Graph): ReadonlyMap<string, string> => {
  const known = new Map<string, string>()
  for (const { id, declaration, parameters, inputs } of stages) {
    const wired = inputs.map(({ port, sources }) => [
      port,
      sources.map(({ from, path, at }) => [path, at, from.kind === "file" ? from.file : [known.get(from.id), from.output]]),
    ])
    known.set(
      id,
      createHash("sha256")
        .update(canonicalJson([declaration.name, parameters, wired]))
        .digest("hex"),
    )
  }
  return known
}

/** Of the stages of one pipeline, how many of each kind are in no other one. */
export const onlyIn = (one: Graph, other: Graph): Readonly<Record<string, number>> => {
  const elsewhere = new Set(identities(other).values())
  const own = identities(one)
  const counts: Record<string, number> = {}
  for (const { id, declaration } of one.stages) {
    if (!elsewhere.has(own.get(id) as string)) counts[declaration.name] = (counts[declaration.name] ?? 0) + 1
  }
  return counts
}
