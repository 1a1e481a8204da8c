import type { Schema } from "effect"
import type { Artifact, ArtifactType } from "./artifact.ts"
import type { Json, JsonObject } from "./canonical.ts"
import type { Port } from "./port.ts"

/** What a stage is, for everybody who does not call it. */
export interface Declaration {
  readonly name: string
  /** Pins the code component of the fingerprint. */
  readonly version?: string
  readonly inputs: Readonly<Record<string, Port>>
  /** The Schemas of its parameters, for the reference. */
  readonly parameters: Readonly<Record<string, Schema.Codec<Json, unknown>>>
  readonly outputs: Readonly<Record<string, ArtifactType>>
  /** Threads that the stage computes with, at most. */
  readonly threads: number
  /** Bytes of memory that it needs; zero if it does not say. */
  readonly memory: number
  /** How many times it is tried again after it failed; mostly none. */
  readonly retries: number
  /** Whether it runs tensor programs; the engine is then part of its fingerprint. */
  readonly engine: boolean
  /** What it reads from outside: `network`, `clock`, `random`, `machine`, `processes`, `env:NAME`, `file:PATH`. */
  readonly reads: ReadonlyArray<string>
  /** What stands for that in the fingerprint; without it, no result is kept. */
  readonly readsAs?: string
  /** Parameters in canonical form, defaults filled in. Throws a DeclarationError where they are not what the stage takes. */
  readonly readParameters: (given: unknown) => JsonObject
  /** The implementation, by lazy module reference: a module that exports `run`. */
  readonly run: () => Promise<object>
}

/** A stage as it was called: its declaration, its parameters in canonical form, and what is wired to its ports. */
export interface StageNode {
  readonly declaration: Declaration
  readonly parameters: JsonObject
  readonly wires: Readonly<Record<string, Wire>>
}

/** What a port is connected to: one artifact, or a labelled collection. An optional port left open has no wire. */
export type Wire =
  | { readonly kind: "one"; readonly artifact: Artifact }
  | { readonly kind: "many"; readonly members: ReadonlyArray<Member> }

export const artifactsOf = (wire: Wire): ReadonlyArray<Artifact> =>
  wire.kind === "one" ? [wire.artifact] : wire.members.map(({ artifact }) => artifact)

/** A member of a collection: its place in the record that was handed over, and its point in the sweeps around it. */
export interface Member {
  readonly path: ReadonlyArray<string>
  readonly at: Point
  readonly artifact: Artifact
}

/** A point of a sweep: the value of each axis. */
export type Point = Readonly<Record<string, string | number | boolean>>
