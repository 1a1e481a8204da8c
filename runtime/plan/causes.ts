import { canonicalJson, type Json, type JsonObject } from "../../dsl/canonical.ts"
import type { GraphInput, GraphSource, GraphStage } from "../../dsl/graph.ts"
import { type Difference, difference } from "../fingerprint/difference.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { changedFiles } from "../fingerprint/pin.ts"
import type { Vector } from "../fingerprint/vector.ts"
import type { Manifest } from "../store/results/manifest.ts"
import type { Store } from "../store/store.ts"
import type { Last } from "./history.ts"

/** A component of the fingerprint that is not what it was. */
export interface Cause {
  /**
   * `code`, `packages.effect`, `parameters.beta`, `inputs.reference`, …; `never run` where there is nothing to compare with, `result gone` or
   * `result damaged` where it was computed before and is not in the store any more, or not whole.
   */
  readonly component: string
  /** Null where there was none. */
  readonly before: Json
  /** Null where there is none any more, or where it has still to be computed. */
  readonly after: Json
  /** The id of the stage where the change came in; this stage itself unless it arrived through an input. */
  readonly root: string
  /** Of `code`, the files that were edited, came or went, by their names from the stage's module; empty where none is known. */
  readonly files?: ReadonlyArray<string>
}

interface About {
  readonly stage: GraphStage
  readonly vector: Vector
  readonly last: Last
  /** What the store found damaged when it was asked for the result. */
  readonly damaged: boolean
  /** The stages in which the reasons lie that a source has still to be computed; empty for one that has been. */
  readonly pending: (source: GraphSource) => ReadonlyArray<string>
  /** Of a source that has been computed. */
  readonly digest: (source: GraphSource) => string
  readonly uncacheable: ReadonlyArray<string>
  readonly graphCode: GraphCode
  readonly filesThen: Store["Service"]["filesThen"]
}

/** Why a stage is not cached: each change once, where it came in, without what follows from another. */
export const causesOf = (about: About): ReadonlyArray<Cause> => {
  const { stage, vector, last, damaged, uncacheable } = about
  const own = (component: string, before: Json = null, after: Json = null): Cause => ({ component, before, after, root: stage.id })
  if (damaged) return [own("result damaged")]
  if (last.manifest === null) return [own(last.wasComputed ? "result gone" : "never run")]
  const changed = difference(last.manifest.vector, vector).filter(({ component }) => !component.startsWith("inputs."))
  const found = [
    ...uncacheable.map((reason) => own("not cacheable", null, reason)),
    ...codeCause(changed.filter(isOfCode), last.manifest, about),
    ...independent(changed).flatMap((each) => (isOfCode(each) ? [] : [{ ...each, root: stage.id }])),
    ...stage.inputs.flatMap((input) => inputCauses(input, last.manifest as Manifest, about)),
    ...lostPorts(stage, last.manifest).map(({ component, before }) => own(component, before)),
  ]
  return found.length > 0 ? found : [own("result gone")]
}

/** `code`, or a part of it where its files are counted as they are, or a version pins it. */
export const isOfCode = ({ component }: Difference): boolean => component === "code" || component.startsWith("code.")

/**
 * The code as one cause, with the files. A stage that cannot be cached has a code component that no two runs share: there the digests beside
 * the fingerprints tell.
 */
const codeCause = (changed: ReadonlyArray<Difference>, { source }: Manifest, about: About): ReadonlyArray<Cause> => {
  const { stage, graphCode, filesThen, uncacheable } = about
  const [first] = changed
  if (first === undefined) return []
  const current = graphCode.code(stage).digest
  const isHidden = uncacheable.length > 0 || (typeof first.before === "object" && first.before !== null && "uncacheable" in first.before)
  if (isHidden && source?.code === current) return []
  const then = source === undefined ? null : filesThen(source.files)
  const { component, before, after } = isHidden ? { component: "code", before: source?.code ?? null, after: current } : first
  const files = then === null ? [] : changedFiles(then, graphCode.files(stage).list)
  return [{ component, before, after, root: stage.id, files }]
}

/**
 * Without what follows from something else: a package that came or went did so because code, or another package, asks for it now or no
 * longer; and the version of an engine is that of its package.
 */
export const independent = <D extends Difference>(changed: ReadonlyArray<D>): ReadonlyArray<D> => {
  const names = new Set(changed.map(({ component }) => component))
  const comesOrGoes = ({ component, before, after }: D) => component.startsWith("packages.") && (before === null || after === null)
  const isOfItsPackage = ({ component }: D) => component.startsWith("engine.") && names.has(`packages.${component.slice("engine.".length)}`)
  const explains = (each: D) => isOfCode(each) || (each.component.startsWith("packages.") && !comesOrGoes(each))
  const isExplained = changed.some(explains)
  return changed.filter((each) => !isOfItsPackage(each) && !(isExplained && comesOrGoes(each)))
}

/** What is wired to a port is another artifact, or has still to be computed: one cause for each stage in which that began. */
const inputCauses = (input: GraphInput, last: Manifest, { stage, vector, pending, digest }: About): ReadonlyArray<Cause> => {
  const component = `inputs.${input.port}`
  const valueIn = (of: Vector): Json => of.find((each) => each.component === component)?.value ?? null
  const was = membersOf(valueIn(last.vector), input.many)
  const is = membersOf(valueIn(vector), input.many)
  const placeOf = ({ path, at }: GraphSource) => (input.many ? canonicalJson([path, at]) : "")
  const causes = new Map<string, Cause>()
  const add = (root: string, before: Json, after: Json) => {
    if (!causes.has(root)) causes.set(root, { component, before, after, root })
  }
  for (const source of input.sources) {
    const place = placeOf(source)
    const before = was.get(place) ?? null
    const roots = pending(source)
    for (const root of roots) add(root, before, null)
    // Of a port that has a source to wait for the vector says nothing.
    const after = is.get(place) ?? digest(source)
    const isSame = canonicalJson(is.has(place) ? before : digestIn(before)) === canonicalJson(after)
    if (roots.length === 0 && !isSame) add("id" in source.from ? source.from.id : stage.id, before, after)
  }
  const places = new Set(input.sources.map(placeOf))
  for (const [place, before] of was) if (!places.has(place)) add(stage.id, before, null)
  return [...causes.values()]
}

/** What is known of each member of a collection, by its place there; of a single artifact by no place. Mostly its digest alone. */
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

/** Ports to which something was wired and nothing is. */
const lostPorts = ({ inputs }: GraphStage, { vector }: Manifest) => {
  const ports = new Set(inputs.map(({ port }) => `inputs.${port}`))
  return vector
    .filter(({ component }) => component.startsWith("inputs.") && !ports.has(component))
    .map(({ component, value }) => ({ component, before: value }))
}
