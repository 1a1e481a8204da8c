import { Schema } from "effect"
import { DeclarationError } from "./error.ts"
import { type Fields, type ParameterValues, parameterReader } from "./parameters.ts"
import { isPlugin, type Plugin, type PluginDeclaration, type PluginValue, pluginOf } from "./plugin.ts"
import { checkReads, isRecorded, type Reads } from "./reads.ts"

/** Makes plugins of one declaration. */
export interface PluginConstructor<Kind extends string, P extends Fields> {
  (...given: Given<P>): Plugin<Kind>
  readonly declaration: PluginDeclaration
  /** Only for the type checker: the type of the implementation derives from it. */
  readonly "~parameters"?: P
}

/** Left out where every parameter has a default. */
type Given<P extends Fields> =
  Partial<Schema.Struct<P>["Encoded"]> extends Schema.Struct<P>["Encoded"]
    ? [parameters?: Schema.Struct<P>["Encoded"]]
    : [parameters: Schema.Struct<P>["Encoded"]]

/** The parameters that the implementation of a plugin receives. */
export type PluginParameters<C> = C extends { readonly "~parameters"?: infer P extends Fields } ? ParameterValues<P> : never

/** How a plugin is declared. */
export interface PluginOptions<P extends Fields> extends Reads {
  /** What the plugin is called. It stands among a stage's parameters, and so in fingerprints. */
  readonly name: string
  /** Effect Schemas of JSON values. */
  readonly parameters: P
  /** Imports the module that implements it: `() => import("./orpo.ts")`. */
  readonly run: () => Promise<object>
}

/**
 * Declares code that stages call, of a `kind` that they have agreed on. The code that it reaches is
 * part of the fingerprint of every stage that is given it, so editing it reruns these stages and no
 * others. A stage that is given a plugin from outside Assay runs in a process of its own, with the
 * rights that the stage and the plugin declare.
 *
 *   const shaping = plugin({ kind: "reward", name: "shaping", parameters: { scale: Schema.Finite },
 *   run: () => import("./shaping.ts") })
 *   const { policy } = train({ pairs, reward: shaping({ scale: 2 }) })
 *
 * Throws a DeclarationError if the declaration is wrong; a call throws one if a parameter is
 * unknown or not accepted by its Schema.
 */
export const plugin = <const Kind extends string, const P extends Fields>({
  kind,
  ...options
}: PluginOptions<P> & { readonly kind: Kind }): PluginConstructor<Kind, P> => {
  const declaration = declarePlugin(kind, options)
  const use = (...[parameters]: Given<P>): Plugin<Kind> => pluginOf(kind, declaration, declaration.readParameters(parameters ?? {}))
  return Object.assign(use, { declaration })
}

/**
 * A plugin's declaration alone: for an output that it reads, whose producer writes the parameters.
 */
export const declarePlugin = (kind: string, { name, parameters, run, ...outside }: PluginOptions<Fields>): PluginDeclaration => {
  const owner = `${kind} ${name}`
  if (typeof name !== "string" || !/^[\p{L}\p{N}_$-]+$/u.test(name))
    throw new DeclarationError({ message: `a ${kind} cannot be named ${JSON.stringify(name)}: use letters, digits, "_" and "-"` })
  if (typeof run !== "function")
    throw new DeclarationError({ message: `${owner} has no implementation: write \`run: () => import("./file.ts")\`` })
  if (Object.hasOwn(parameters, "_tag"))
    throw new DeclarationError({ message: `${owner}: a parameter cannot be named "_tag": its name is kept there` })
  checkReads(owner, outside)
  const { reads = [], readsAs, connect } = outside
  const read = parameterReader(owner, parameters)
  return {
    kind,
    name,
    parameters,
    readParameters: (given) => {
      const { values, plugins } = read(given)
      if (plugins.length > 0) throw new DeclarationError({ message: `${owner}: a plugin cannot be a parameter of another plugin` })
      return values
    },
    reads,
    run,
    ...(readsAs === undefined ? {} : { readsAs }),
    ...(isRecorded(outside) ? { recorded: true } : {}),
    ...(connect === undefined ? {} : { connect }),
  }
}

/**
 * The Schema of a stage's parameter that takes a plugin of this kind. The implementation gets its
 * name and parameters as data, and its code by `context.plugin("<parameter>")`.
 *
 *   parameters: { reward: pluginParameter("reward"), steps: Schema.Int }
 */
export const pluginParameter = <const Kind extends string>(kind: Kind): Schema.Codec<PluginValue, Plugin<Kind>> =>
  // Decoding leaves the plugin as it is; the canonical form of the parameters holds it as data.
  Schema.declare((value: unknown): value is Plugin<Kind> => isPlugin(value) && value.kind === kind, {
    expected: `a ${kind}`,
  }) as unknown as Schema.Codec<PluginValue, Plugin<Kind>>
