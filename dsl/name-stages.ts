import type { Artifact } from "./artifact.ts"
import { artifactsOf, type Point, type StageNode } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { type Entries, type Entry, stageOf } from "./intern.ts"

/** An artifact in what a pipeline's body returned. */
export interface Returned {
  readonly artifact: Artifact
  /** The keys that lead to it; a point of a sweep is one segment, `beta=0.1,seed=1`. */
  readonly path: ReadonlyArray<string>
  /** The same without the points. */
  readonly keys: ReadonlyArray<string>
  /** All points on the way as one. */
  readonly at: Point
}

/** Where an output is used: the stage that consumes it, the port, and the place in a collection. */
export interface Use {
  readonly consumer: Entry
  /** The port, then the path to the member of a collection. */
  readonly keys: ReadonlyArray<string>
  /** The member's point. */
  readonly at: Point
}

/** A stage's id, and what it was made from. */
export interface StageName {
  readonly id: string
  readonly from:
    | { readonly kind: "named" }
    | { readonly kind: "returned"; readonly place: Returned }
    | { readonly kind: "used"; readonly uses: ReadonlyArray<Use> }
}

/** `beta=0.1,seed=1` */
export const pointName = (at: Point): string =>
  Object.entries(at)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(",")

/**
 * Gives every stage its id, level by level from the returned artifacts, so that a stage is named
 * after its nearest consumers: after a single one by its id and the port, after several by the part
 * that their ids share and the port. A stage that all arms share is thus not named after one arm.
 */
export const nameStages = (entries: Entries, returned: ReadonlyArray<Returned>): ReadonlyMap<Entry, StageName> => {
  const names = new Map<Entry, StageName>()
  const taken = new Set<string>()
  let level: Array<Entry> = []
  const claim = (entry: Entry, proposed: string, from: StageName["from"]): void => {
    if (names.has(entry)) return
    let id = proposed
    if (taken.has(id) && from.kind === "named")
      throw new DeclarationError({ message: `two different stages are named "${id}": rename one` })
    while (taken.has(id)) id = `${id}'`
    taken.add(id)
    names.set(entry, { id, from })
    level.push(entry)
  }
  const entryOf = (artifact: Artifact): ReadonlyArray<Entry> => {
    const node = stageOf(artifact)
    return node === undefined ? [] : [entries.of(node)]
  }
  const everyArtifact = [
    ...returned.map(({ artifact }) => artifact),
    ...entries.all.flatMap(({ node }) => Object.values(node.wires).flatMap(artifactsOf)),
  ]
  for (const artifact of everyArtifact)
    if (artifact.id !== undefined) for (const entry of entryOf(artifact)) claim(entry, artifact.id, { kind: "named" })
  for (const place of returned)
    for (const entry of entryOf(place.artifact))
      claim(entry, place.path.length === 0 ? entry.node.declaration.name : place.path.join("."), { kind: "returned", place })
  while (level.length > 0) {
    const consumers = level
    level = []
    const unnamed = new Map<Entry, Array<Use>>()
    for (const consumer of consumers) {
      const seen = new Set<Entry>()
      for (const { artifact, keys, at } of inputsOf(consumer.node)) {
        for (const entry of entryOf(artifact)) {
          // A stage that one consumer uses twice is named after the first port.
          if (names.has(entry) || seen.has(entry)) continue
          seen.add(entry)
          const uses = unnamed.get(entry) ?? []
          unnamed.set(entry, uses)
          uses.push({ consumer, keys, at })
        }
      }
    }
    const idOf = (entry: Entry): string => (names.get(entry) as StageName).id
    for (const [entry, uses] of unnamed) claim(entry, sharedName(uses, idOf), { kind: "used", uses })
  }
  return names
}

/** The artifacts that are wired to a stage, with their places. */
export const inputsOf = ({
  wires,
}: StageNode): ReadonlyArray<{ readonly artifact: Artifact; readonly keys: ReadonlyArray<string>; readonly at: Point }> =>
  Object.entries(wires).flatMap(([port, wire]) =>
    wire.kind === "one"
      ? [{ artifact: wire.artifact, keys: [port], at: {} }]
      : wire.members.map(({ path, at, artifact }) => ({ artifact, keys: [port, ...path], at })),
  )

/**
 * `arms.offline.pairs` for `arms.beta=0.1,seed=1.offline.pairs` and the same at other points; axes
 * that all share stay.
 */
const sharedName = (uses: ReadonlyArray<Use>, idOf: (entry: Entry) => string): string => {
  const [first] = uses as [Use]
  const place = [...first.keys, pointName(first.at)].filter(Boolean).join(".")
  if (uses.length === 1) return `${idOf(first.consumer)}.${place}`
  const consumers = uses.map(({ consumer }) => segmentsOf(idOf(consumer)))
  return [...sharedSegments(consumers, sharedAxes), place].join(".")
}

/**
 * What lists of segments share, place by place, as far as `share` finds something at each; lists of
 * different lengths cannot be compared beyond the first difference.
 */
export const sharedSegments = (
  lists: ReadonlyArray<ReadonlyArray<string>>,
  share: (segments: ReadonlyArray<string>) => string,
): ReadonlyArray<string> => {
  const [head = []] = lists
  const isAlike = lists.every((segments) => segments.length === head.length)
  const common: Array<string> = []
  for (const [index, segment] of head.entries()) {
    const same = share(lists.map((segments) => segments[index] ?? ""))
    if (same !== segment && !isAlike) break
    if (same !== "") common.push(same)
  }
  return common
}

/** Splits an id at its dots, except at the decimal point of a number. */
export const segmentsOf = (id: string): ReadonlyArray<string> => id.split(/\.(?!\d)/)

/** The segment, if all are equal; else nothing. */
export const equalSegment = ([first = "", ...others]: ReadonlyArray<string>): string =>
  others.every((segment) => segment === first) ? first : ""

/**
 * What segments share: everything if they are equal, of sweep points the axes with equal values,
 * else nothing.
 */
const sharedAxes = (segments: ReadonlyArray<string>): string => {
  const [first = ""] = segments
  if (equalSegment(segments) === first) return first
  const others = segments.map((segment) => new Set(segment.split(",")))
  return first
    .split(",")
    .filter((axis) => axis.includes("=") && others.every((axes) => axes.has(axis)))
    .join(",")
}
