import type { Artifact, ArtifactType } from "./artifact.ts"
import type { Sweep } from "./sweep.ts"

/** How many artifacts a port takes: one, at most one, at least one, any number. */
export type Arity = "one" | "optional" | "many" | "any"

/** An input of a stage: which types of artifacts it takes, and how many. */
export interface Port<T extends ArtifactType = ArtifactType, A extends Arity = Arity> {
  readonly arity: A
  readonly types: ReadonlyArray<T>
}

/** A port as written in a declaration: a bare artifact type means exactly one artifact of it. */
export type PortLike = ArtifactType | Port

export const isPort = (value: PortLike): value is Port => "arity" in value

/**
 * A port that takes exactly one artifact, of any of these types.
 *
 *   inputs: { judge: oneOf(GoldJudge, ProxyJudge) }
 */
export const oneOf = <const T extends ReadonlyArray<ArtifactType>>(...types: T): Port<T[number], "one"> => ({ arity: "one", types })

/**
 * A port that takes one artifact of a type, or of any of several, or none; the implementation gets
 * undefined for none.
 *
 *   inputs: { holdout: optional(Preferences), proxy: optional(GoldJudge, ProxyJudge) }
 */
export const optional = <const T extends OneOrMore>(...types: T): Port<T[number], "optional"> => ({ arity: "optional", types })

/**
 * A port that takes one or more artifacts of a type, or of any of several, collected from a nested
 * record, sweeps and outputs of stages included; other artifacts in it are ignored. The
 * implementation gets them in order, with their paths and sweep points.
 *
 *   const figure = stage({ name: "figure", inputs: { evaluations: many(Evaluation) }, … }) figure({
 *   evaluations: { offline: evaluate(…), online: sweep({ seed: [1, 2] }, ({ seed }) => evaluate(…))
 *   } })
 */
export const many = <const T extends OneOrMore>(...types: T): Port<T[number], "many"> => ({ arity: "many", types })

/**
 * A port like `many` that also accepts a record without artifacts of its types, or nothing at all.
 */
export const anyNumber = <const T extends OneOrMore>(...types: T): Port<T[number], "any"> => ({ arity: "any", types })

type OneOrMore = readonly [ArtifactType, ...ReadonlyArray<ArtifactType>]

export const toPort = (port: PortLike): Port => (isPort(port) ? port : { arity: "one", types: [port] })

/**
 * What may be passed to a port of many: artifacts of the type, or outputs of a stage that include
 * one, nested in records and sweeps.
 */
export type Nested<T extends ArtifactType> = Artifact<T> | Outputs<T> | Sweep<Nested<T>> | { readonly [name: string]: Nested<T> }

type Outputs<T extends ArtifactType> = T extends ArtifactType
  ? { readonly [K in T["name"]]: Artifact<T> } & { readonly [name: string]: Artifact }
  : never

/** The ports that a caller may leave out. */
type Omissible = Port<ArtifactType, "optional"> | Port<ArtifactType, "any">

type Accepted<P> =
  P extends Port<infer T, infer A> ? (A extends "many" | "any" ? Nested<T> : Artifact<T>) : P extends ArtifactType ? Artifact<P> : never

/** What the caller of a stage passes for each port. */
export type Wiring<I extends Readonly<Record<string, PortLike>>> = {
  readonly [K in keyof I as I[K] extends Omissible ? never : K]: Accepted<I[K]>
} & {
  readonly [K in keyof I as I[K] extends Omissible ? K : never]?: Accepted<I[K]>
}
