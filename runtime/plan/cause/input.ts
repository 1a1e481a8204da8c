import { canonicalJson, type Json, type JsonObject } from "../../../dsl/canonical.ts"
import type { GraphInput, GraphSource } from "../../../dsl/graph.ts"
import { pathOf, printPath } from "../../fingerprint/component-path.ts"
import { componentOf } from "../../fingerprint/vector.ts"
import { type Cause, type Comparison, isIn, namedCause } from "./cause.ts"

type Wired = Pick<Comparison, "stage" | "vector" | "last" | "pending" | "digest">

/**
 * The artifact wired to a port is another, or has still to be computed: one cause for each stage in
 * which that began.
 */
export const inputChanged = (comparison: Wired): ReadonlyArray<Cause> =>
  comparison.stage.inputs.flatMap((input) => portCauses(input, comparison))

/** Something was wired to a port, and nothing is now. */
export const portUnwired = ({ stage, last }: Pick<Comparison, "stage" | "last">): ReadonlyArray<Cause> => {
  const wired = new Set(stage.inputs.map(({ port }) => port))
  return last.vector.flatMap(({ component, value }) => {
    const path = pathOf(component)
    return isIn(path, "inputs") && !wired.has(path[1] ?? "") ? [{ ...namedCause(stage, component), before: value }] : []
  })
}

const portCauses = (input: GraphInput, { stage, vector, last, pending, digest }: Wired): ReadonlyArray<Cause> => {
  const path = ["inputs", input.port] as const
  const was = membersOf(componentOf(last.vector, path), input.many)
  const is = membersOf(componentOf(vector, path), input.many)
  const placeOf = ({ path, at }: GraphSource) => (input.many ? canonicalJson([path, at]) : "")
  const causes = new Map<string, Cause>()
  const add = (root: string, before: Json, after: Json) => {
    if (!causes.has(root)) causes.set(root, { component: printPath(path), before, after, root })
  }
  for (const source of input.sources) {
    const place = placeOf(source)
    const before = was.get(place) ?? null
    const roots = pending(source)
    for (const root of roots) add(root, before, null)
    // The vector has nothing for a port while one of its sources has still to be computed.
    const after = is.get(place) ?? digest(source)
    const isSame = canonicalJson(is.has(place) ? before : digestIn(before)) === canonicalJson(after)
    if (roots.length === 0 && !isSame) add(source.from.kind === "output" ? source.from.id : stage.id, before, after)
  }
  const places = new Set(input.sources.map(placeOf))
  for (const [place, before] of was) if (!places.has(place)) add(stage.id, before, null)
  return [...causes.values()]
}

/**
 * What a vector says of each member of a collection, by its place; of a single artifact under "".
 * Mostly its digest alone.
 */
const membersOf = (value: Json, many: boolean): ReadonlyMap<string, Json> => {
  if (!many || !Array.isArray(value)) return new Map(value === null ? [] : [["", value]])
  return new Map(
    (value as ReadonlyArray<JsonObject>).map(({ path = null, at = null, ...rest }) => {
      const { digest = null, ...besides } = rest
      return [canonicalJson([path, at]), Object.keys(besides).length === 0 ? digest : rest]
    }),
  )
}

const digestIn = (member: Json): Json =>
  typeof member === "object" && member !== null && !Array.isArray(member) ? ((member as JsonObject).digest ?? null) : member
