import type { JsonObject } from "./canonical.ts"
import type { Connection } from "./connection.ts"
import type { Fields } from "./parameters.ts"

/**
 * A plugin as data: code that stages call, such as a loss or a scorer, named by a lazy module
 * reference as a stage's own implementation is.
 */
export interface PluginDeclaration {
  /** What it can be used as: `loss`, `scorer`. */
  readonly kind: string
  readonly name: string
  /** The Schemas of its parameters, for the reference. */
  readonly parameters: Fields
  /** Parameters in canonical form. Throws a DeclarationError if the plugin does not accept them. */
  readonly readParameters: (parameters: unknown) => JsonObject
  readonly reads: ReadonlyArray<string>
  readonly readsAs?: string
  /** Whether what it answers comes from outside and cannot be had again. */
  readonly recorded?: boolean
  /** The server or the program that it asks. */
  readonly connect?: Connection
  /** Imports the module that implements it by exporting `run`. */
  readonly run: () => Promise<object>
}

const mark: unique symbol = Symbol.for("assay/Plugin") as never

/** A plugin with values for its parameters: what is passed to a stage's parameter. */
export interface Plugin<Kind extends string = string> {
  readonly [mark]: true
  readonly kind: Kind
  readonly declaration: PluginDeclaration
  readonly parameters: JsonObject
}

export const pluginOf = <Kind extends string>(kind: Kind, declaration: PluginDeclaration, parameters: JsonObject): Plugin<Kind> => ({
  [mark]: true,
  kind,
  declaration,
  parameters,
})

export const isPlugin = (value: unknown): value is Plugin => typeof value === "object" && value !== null && mark in value

/** A plugin among a stage's canonical parameters: its name, and the values of its parameters. */
export type PluginValue = JsonObject & { readonly _tag: string }

/**
 * The code that a stage is given at a place: at a parameter (`["loss"]`), with the artifact of a
 * port (`["judge"]`, `["evaluations", "0"]`), or with an artifact inside of that (`["judge",
 * "model"]`).
 */
export interface PlacedPlugin {
  readonly place: ReadonlyArray<string>
  readonly declaration: PluginDeclaration
}
