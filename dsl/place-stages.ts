import type { Artifact } from "./artifact.ts"
import type { Declaration, Point } from "./declaration.ts"
import { type Entries, type Entry, stageOf } from "./intern.ts"
import { equalSegment, inputsOf, type Returned, type StageName, segmentsOf, sharedSegments } from "./name-stages.ts"
import { type Path, paths } from "./path.ts"

/** A stage's place in the sweeps of a pipeline. */
export interface SweepPlace {
  /** The value of each axis that tells it from the others of its group; empty outside of sweeps. */
  readonly at: Point
  /**
   * Names the stages that are the same at other points: of one declaration, with the same axes, and
   * with inputs from the same groups. It is what their ids share.
   */
  readonly group: string
}

/**
 * Finds the place of every stage, from the same places that its id was made from: where it was
 * returned, else its nearest consumers, of whose points a stage has what all share. A stage that
 * `named` gives an id to has what all its uses share.
 */
export const placeStages = (
  entries: Entries,
  names: ReadonlyMap<Entry, StageName>,
  returned: ReadonlyArray<Returned>,
): ReadonlyMap<Entry, SweepPlace> => {
  const located = locateStages(entries, names, returned)
  const groupOf = new Map<Entry, Group>()
  const join = groups()
  // Producers come first: a group is told from another by the groups of its inputs.
  for (const entry of entries.all) {
    const { at, path } = located.get(entry) as Location
    const inputs = inputsOf(entry.node).map(({ artifact, keys }) => {
      const node = stageOf(artifact)
      return `${keys[0]} ${node === undefined ? "file" : groupOf.get(entries.of(node))?.order}`
    })
    const group = join({ path, declaration: entry.node.declaration, at, inputs: [...new Set(inputs)].sort() })
    group.members.push({ name: names.get(entry) as StageName, path })
    groupOf.set(entry, group)
  }
  const nameOf = distinctNames()
  return new Map(
    entries.all.map((entry) => [entry, { at: (located.get(entry) as Location).at, group: nameOf(groupOf.get(entry) as Group) }]),
  )
}

/** Where a stage is: its point, and the keys that lead to it. */
interface Location {
  readonly at: Point
  readonly path: Path
}

const locateStages = (
  entries: Entries,
  names: ReadonlyMap<Entry, StageName>,
  returned: ReadonlyArray<Returned>,
): ReadonlyMap<Entry, Location> => {
  const { root, extend } = paths()
  const pathOf = (keys: ReadonlyArray<string>): Path => keys.reduce(extend, root)
  const located = new Map<Entry, Location>()
  const entryOf = (artifact: Artifact): ReadonlyArray<Entry> => {
    const node = stageOf(artifact)
    return node === undefined ? [] : [entries.of(node)]
  }
  /** The axes that have the same value in all places, and the keys that all share. */
  const shared = (places: ReadonlyArray<Location>): Location => {
    const [first = { at: {}, path: root }, ...others] = places
    const at = Object.fromEntries(Object.entries(first.at).filter(([axis, value]) => others.every(({ at }) => at[axis] === value)))
    if (others.every(({ path }) => path === first.path)) return { at, path: first.path }
    const segments = places.map(({ path }) => path.keys())
    return { at, path: pathOf(sharedSegments(segments, equalSegment)) }
  }
  const returnedFrom = new Map<Entry, Array<Location>>()
  for (const { artifact, at, keys } of returned)
    for (const entry of entryOf(artifact)) append(returnedFrom, entry, { at, path: pathOf(keys) })
  const usesOfNamed = new Map<Entry, Array<Location>>()
  const locate = (entry: Entry, { from }: StageName): Location => {
    const places = returnedFrom.get(entry) ?? []
    if (from.kind === "named") return shared([...places, ...(usesOfNamed.get(entry) ?? [])])
    if (from.kind === "returned") {
      const path = pathOf(from.place.keys)
      const { at } = shared(places.filter((place) => place.path === path))
      return { at, path: path === root ? extend(root, entry.node.declaration.name) : path }
    }
    const { at, path } = shared(from.uses.map((use) => within(located.get(use.consumer) as Location, use.at)))
    return { at, path: (from.uses[0]?.keys ?? []).reduce(extend, path) }
  }
  // Consumers come first: where a stage is follows from where they are.
  for (const consumer of [...entries.all].reverse()) {
    const location = locate(consumer, names.get(consumer) as StageName)
    located.set(consumer, location)
    for (const { artifact, at } of inputsOf(consumer.node))
      for (const entry of entryOf(artifact)) if (names.get(entry)?.from.kind === "named") append(usesOfNamed, entry, within(location, at))
  }
  return located
}

const within = ({ at, path }: Location, member: Point): Location => ({ at: { ...at, ...member }, path })

const append = <K, V>(lists: Map<K, Array<V>>, key: K, value: V): void => {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  list.push(value)
}

interface Group {
  readonly order: number
  readonly declaration: Declaration
  readonly points: Set<string>
  readonly members: Array<{ readonly name: StageName; readonly path: Path }>
}

interface Claim extends Location {
  readonly declaration: Declaration
  /** Ports, each with a group of the stages that are wired to it. */
  readonly inputs: ReadonlyArray<string>
}

/** Puts stages into groups, which have at most one at each point. */
const groups = (): ((claim: Claim) => Group) => {
  const alike = new Map<string, Array<Group>>()
  const declarations = new Map<Declaration, number>()
  let count = 0
  return ({ path, declaration, at, inputs }) => {
    declarations.set(declaration, declarations.get(declaration) ?? declarations.size)
    const axes = Object.keys(at).sort()
    const kind = JSON.stringify([declarations.get(declaration), path.order, axes, inputs])
    const point = JSON.stringify(axes.map((axis) => at[axis]))
    let group = axes.length === 0 ? undefined : alike.get(kind)?.find(({ points }) => !points.has(point))
    if (group === undefined) {
      group = { order: count, declaration, points: new Set(), members: [] }
      count += 1
      append(alike, kind, group)
    }
    group.points.add(point)
    return group
  }
}

/**
 * The id of a group's only stage, else what the names of its stages share; names of two groups are
 * told apart by a prime.
 */
const distinctNames = (): ((group: Group) => string) => {
  const names = new Map<Group, string>()
  const taken = new Set<string>()
  const sharedBy = ({ members, declaration }: Group): string => {
    const segments = members.map(({ name, path }) => (name.from.kind === "named" ? segmentsOf(name.id) : path.keys()))
    return sharedSegments(segments, equalSegment).join(".") || declaration.name
  }
  return (group) => {
    const before = names.get(group)
    if (before !== undefined) return before
    const [first, second] = group.members
    let name = first !== undefined && second === undefined ? first.name.id : sharedBy(group)
    while (taken.has(name)) name = `${name}'`
    taken.add(name)
    names.set(group, name)
    return name
  }
}
