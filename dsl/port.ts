import type { Artifact, ArtifactType } from "./artifact.ts"
import type { Sweep } from "./sweep.ts"

export type Arity = "one" | "optional" | "many" | "any"

/** An input of a stage: an artifact of one of some types, perhaps absent, perhaps many. */
export interface Port<T extends ArtifactType = ArtifactType, A extends Arity = Arity> {
  readonly arity: A
  readonly types: ReadonlyArray<T>
}

/** A port as a declaration may write it: a bare artifact type means exactly one. */
export type PortLike = ArtifactType | Port

export const isPort = (value: PortLike): value is Port => "arity" in value

/** An input that takes an artifact of any one of these types. */
export const oneOf = <const T extends ReadonlyArray<ArtifactType>>(...types: T): Port<T[number], "one"> => ({ arity: "one", types })

/** An input that may be left open. */
export const optional = <T extends ArtifactType>(type: T): Port<T, "optional"> => ({ arity: "optional", types: [type] })

/** Any record, nested as you like, through sweeps and outputs of stages, whose artifacts of this type are wanted. */
export const many = <T extends ArtifactType>(type: T): Port<T, "many"> => ({ arity: "many", types: [type] })

/** The same, where there may also be none. */
export const anyNumber = <T extends ArtifactType>(type: T): Port<T, "any"> => ({ arity: "any", types: [type] })

export const toPort = (port: PortLike): Port => (isPort(port) ? port : { arity: "one", types: [port] })

/** What may be handed to a port of many: an artifact of the type, or the outputs of a stage among which there is one, nested. */
export type Nested<T extends ArtifactType> = Artifact<T> | Outputs<T> | Sweep<Nested<T>> | { readonly [name: string]: Nested<T> }

type Outputs<T extends ArtifactType> = { readonly [K in T["name"]]: Artifact<T> } & { readonly [name: string]: Artifact }

/** The ports that a caller may leave open. */
type Open = Port<ArtifactType, "optional"> | Port<ArtifactType, "any">

type Given<P> =
  P extends Port<infer T, infer A> ? (A extends "many" | "any" ? Nested<T> : Artifact<T>) : P extends ArtifactType ? Artifact<P> : never

/** What the caller of a stage passes for each port. */
export type Wiring<I extends Readonly<Record<string, PortLike>>> = {
  readonly [K in keyof I as I[K] extends Open ? never : K]: Given<I[K]>
} & {
  readonly [K in keyof I as I[K] extends Open ? K : never]?: Given<I[K]>
}
