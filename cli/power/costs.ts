import type { Json } from "../../dsl/canonical.ts"
import type { Costs, Work } from "../../learning/analyse/power/index.ts"
import type { Manifest, RunRecord } from "../../runtime/index.ts"

/** Stages whose work is in proportion to prompts. */
const evaluationStage = "evaluate"

/** What a run took for its estimates, and what of that is not known. */
export interface RecordedCosts {
  readonly costs: Costs
  /** Stages of the run without a stored result: what they took is not counted. */
  readonly missing: number
  /** Results that do not say how many threads they computed with: counted as one. */
  readonly withoutThreads: number
  /** Whether no stage is made once for each seed, so that nothing is known of what seeds cost. */
  readonly isUnknown: boolean
}

/**
 * Adds up what the stages took that the stages `estimating` depend on, in core-seconds: recorded
 * durations times threads, by what each is made once for. A stage belongs to a seed if all members
 * of collections that it is a part of are at one point of the axis `seed`, to a world if they are
 * at one point of `world` alone, else to the study.
 */
export const recordedCosts = (
  record: Pick<RunRecord, "stages">,
  manifests: ReadonlyMap<string, Manifest>,
  estimating: ReadonlyArray<string>,
): RecordedCosts => {
  const points = pointsOf(manifests, estimating)
  const upstream = [...points].flatMap(([id, at]) => {
    const manifest = manifests.get(id)
    return manifest === undefined ? [] : [{ manifest, level: levelOf(at) }]
  })
  const workOf = (isCounted: (manifest: Manifest) => boolean): Work => {
    const seconds = (level: keyof Work) =>
      upstream.reduce((sum, each) => sum + (each.level === level && isCounted(each.manifest) ? coreSeconds(each.manifest) : 0), 0)
    return { study: seconds("study"), worlds: seconds("worlds"), seeds: seconds("seeds") }
  }
  return {
    costs: { evaluation: workOf(({ stage }) => stage === evaluationStage), other: workOf(({ stage }) => stage !== evaluationStage) },
    missing: record.stages.filter(({ id }) => !manifests.has(id)).length,
    withoutThreads: upstream.filter(({ manifest }) => manifest.threads === undefined).length,
    isUnknown: upstream.every(({ level }) => level !== "seeds"),
  }
}

const coreSeconds = ({ seconds, threads = 1 }: Manifest): number => seconds * threads

/** Values of the axes at which an artifact is used. */
type Points = Map<string, Set<string>>

const levelOf = (points: Points): keyof Work => {
  const isFixed = (axis: string) => points.get(axis)?.size === 1 && !points.get(axis)?.has(nowhere)
  return isFixed("seed") ? "seeds" : isFixed("world") ? "worlds" : "study"
}

/** Stands for a use that is at no point of an axis. */
const nowhere = ""

const axes = ["world", "seed"]

/** By stage, at which points the given stages use what it makes, directly or through others. */
const pointsOf = (manifests: ReadonlyMap<string, Manifest>, estimating: ReadonlyArray<string>): ReadonlyMap<string, Points> => {
  const makers = makersOf(manifests)
  const found = new Map<string, Points>()
  for (const id of estimating)
    for (const { digest, at } of wiresOf(manifests.get(id)))
      for (const ancestor of ancestorsOf(digest, manifests, makers)) {
        const points = found.get(ancestor) ?? new Map<string, Set<string>>()
        for (const axis of axes) points.set(axis, (points.get(axis) ?? new Set()).add(JSON.stringify(at[axis]) ?? nowhere))
        found.set(ancestor, points)
      }
  return found
}

/** The stages that an artifact was made by, directly or through others. */
const ancestorsOf = (digest: string, manifests: ReadonlyMap<string, Manifest>, makers: ReadonlyMap<string, ReadonlyArray<string>>) => {
  const reached = new Set<string>()
  const stack = [...(makers.get(digest) ?? [])]
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    stack.push(...wiresOf(manifests.get(id)).flatMap((wire) => makers.get(wire.digest) ?? []))
  }
  return reached
}

/** By the digest of an output, the stages that made it. */
const makersOf = (manifests: ReadonlyMap<string, Manifest>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const makers = new Map<string, Array<string>>()
  for (const [id, { outputs }] of manifests)
    for (const { digest } of Object.values(outputs)) makers.set(digest, [...(makers.get(digest) ?? []), id])
  return makers
}

interface StoredWire {
  readonly digest: string
  readonly at: Readonly<Record<string, Json>>
}

/**
 * What was wired to a stage, from its fingerprint: one artifact a port, or the members of a
 * collection.
 */
const wiresOf = (manifest: Manifest | undefined): ReadonlyArray<StoredWire> =>
  (manifest?.vector ?? []).flatMap(({ component, value }) => {
    if (!component.startsWith("inputs.")) return []
    return (Array.isArray(value) ? (value as ReadonlyArray<Json>) : [value]).flatMap(wireOf)
  })

const wireOf = (value: Json): ReadonlyArray<StoredWire> => {
  if (typeof value === "string") return [{ digest: value, at: {} }]
  if (typeof value !== "object" || value === null || !("digest" in value) || typeof value.digest !== "string") return []
  const { digest, at } = value
  return [{ digest, at: typeof at === "object" && at !== null && !Array.isArray(at) ? (at as StoredWire["at"]) : {} }]
}
