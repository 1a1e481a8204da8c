import type { Artifact, ArtifactType } from "./artifact.ts"
import type { JsonObject } from "./canonical.ts"
import type { Command, Connection } from "./connection.ts"
import type { Fields, ReadParameters } from "./parameters.ts"
import type { PlacedPlugin, PluginDeclaration } from "./plugin.ts"
import type { Port } from "./port.ts"

/** A stage as data: what the graph and the runtime know of it. */
export interface Declaration {
  readonly name: string
  /** Replaces the stage's code in its fingerprint. */
  readonly version?: string
  readonly inputs: Readonly<Record<string, Port>>
  /** The Schemas of its parameters, for the reference. */
  readonly parameters: Fields
  readonly outputs: Readonly<Record<string, ArtifactType>>
  /** The most threads that the stage can use. */
  readonly threads: number
  /** Bytes of memory that it needs; 0 if undeclared. */
  readonly memory: number
  /** GPUs that it needs. */
  readonly gpus: number
  /** What a worker must be labelled with to take it, sorted. */
  readonly labels: ReadonlyArray<string>
  /** How many times it is run again after a failure. */
  readonly retries: number
  /** Whether it runs tensor programs; the engine is then part of its fingerprint. */
  readonly engine: boolean
  /**
   * What it reads from outside: `network`, `clock`, `random`, `machine`, `processes`, `env:NAME`,
   * `file:PATH`.
   */
  readonly reads: ReadonlyArray<string>
  /** Represents what it reads in the fingerprint; without it, results are not cached. */
  readonly readsAs?: string
  /** Whether its answer comes from outside and cannot be had again: kept, not repeated. */
  readonly recorded?: boolean
  /** The server or the program that it asks. */
  readonly connect?: Connection
  /** The user's program that computes it, which its module starts. */
  readonly command?: Command
  /** Minutes after which an attempt to compute it is ended. */
  readonly timeLimitMinutes?: number
  /**
   * Parameters in canonical form with their defaults. Throws a DeclarationError if the stage does
   * not accept them.
   */
  readonly readParameters: (parameters: unknown) => ReadParameters
  /** The plugins that read outputs of it. */
  readonly plugins: Readonly<Record<string, OutputPlugin | undefined>>
  /** Imports the module that implements the stage by exporting `run`. */
  readonly run: () => Promise<object>
  /**
   * A module that exports `check`, by lazy reference. It warns before anything runs, and is no part
   * of the fingerprint.
   */
  readonly check?: () => Promise<object>
}

/** Where the plugin of an output comes from. */
export type OutputPlugin = DeclaredPlugin | PassedPlugin | InheritedPlugin

/** The plugin that reads an output. */
export interface DeclaredPlugin {
  readonly plugin: PluginDeclaration
  /** Ports whose files the output holds in folders, with the plugins that read these. */
  readonly inputs?: ReadonlyArray<string>
  /** Ports whose plugins the plugin needs, as the stage itself does. */
  readonly carries?: ReadonlyArray<string>
}

/** The plugin that was passed at a parameter, if one was. */
export interface PassedPlugin {
  readonly parameter: string
  readonly plugin?: undefined
}

/** The plugins of the artifact that is wired to a port, if it has any. */
export interface InheritedPlugin {
  readonly like: string
  readonly plugin?: undefined
}

/**
 * A call of a stage: its declaration, its parameters in canonical form, and what is wired to its
 * ports.
 */
export interface StageNode {
  readonly declaration: Declaration
  readonly parameters: JsonObject
  /** The plugins among its parameters. */
  readonly plugins: ReadonlyArray<PlacedPlugin>
  readonly wires: Readonly<Record<string, Wire>>
}

/**
 * What a port is wired to: one artifact, or a labelled collection. An optional port may have no
 * wire.
 */
export type Wire =
  | { readonly kind: "one"; readonly artifact: Artifact }
  | { readonly kind: "many"; readonly members: ReadonlyArray<Member> }

export const artifactsOf = (wire: Wire): ReadonlyArray<Artifact> =>
  wire.kind === "one" ? [wire.artifact] : wire.members.map(({ artifact }) => artifact)

/**
 * A member of a collection: its path in the record passed to the stage, and its point in the sweeps
 * around it.
 */
export interface Member {
  readonly path: ReadonlyArray<string>
  readonly at: Point
  readonly artifact: Artifact
}

/** A point of a sweep: the value of each axis. */
export type Point = Readonly<Record<string, string | number | boolean>>
