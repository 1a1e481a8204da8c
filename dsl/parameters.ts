import { Schema } from "effect"
import { canonicalValue, type Json, type JsonObject } from "./canonical.ts"
import { DeclarationError } from "./error.ts"
import { isPlugin, type PlacedPlugin } from "./plugin.ts"

/** The Schemas of declared parameters, whose values are JSON. */
export type Fields = Readonly<Record<string, Schema.Codec<Json, unknown>>>

/** The values of declared parameters, as an implementation receives them. */
export type ParameterValues<P extends Fields> = Schema.Struct<P>["Type"]

/** Parameters in canonical form, and the plugins that stood among them. */
export interface ReadParameters {
  readonly values: JsonObject
  readonly plugins: ReadonlyArray<PlacedPlugin>
}

/**
 * Checks the caller's parameters and fills in defaults. An implementation gets exactly what their
 * canonical form holds, because that form represents them in the key. `owner` names whose
 * parameters they are: "stage train". `refuses` says what is wrong with parameters that do not go
 * together.
 */
export const parameterReader = <P extends Fields>(
  owner: string,
  fields: P,
  refuses: (parameters: ParameterValues<P>) => string | undefined = () => undefined,
): ((parameters: unknown) => ReadParameters) => {
  const schema: Schema.Codec<unknown, unknown> = Schema.Struct(fields)
  const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "error", errors: "all" })
  const read = <A>(make: () => A): A => {
    try {
      return make()
    } catch (error) {
      throw new DeclarationError({ message: `${owner}: ${error instanceof TypeError ? "parameter " : ""}${(error as Error).message}` })
    }
  }
  return (parameters) => {
    const decoded = read(() => decode(parameters))
    const problem = refuses(decoded as ParameterValues<P>)
    if (problem !== undefined) throw new DeclarationError({ message: `${owner}: ${problem}` })
    const plugins: Array<PlacedPlugin> = []
    return { values: read(() => canonicalValue(pluginsAsData(decoded, [], [], plugins)) as JsonObject), plugins }
  }
}

/** The value with every plugin in it as data; adds each with its place to `plugins`. */
const pluginsAsData = (
  value: unknown,
  place: ReadonlyArray<string>,
  above: ReadonlyArray<object>,
  plugins: Array<PlacedPlugin>,
): unknown => {
  if (isPlugin(value)) {
    plugins.push({ place, declaration: value.declaration })
    return { _tag: value.declaration.name, ...value.parameters }
  }
  // Anything but plain data is for the canonical form to refuse.
  if (typeof value !== "object" || value === null || above.includes(value)) return value
  const inside = (entry: unknown, key: string) => pluginsAsData(entry, [...place, key], [...above, value], plugins)
  const before = plugins.length
  const copy = Array.isArray(value)
    ? value.map((entry, index) => inside(entry, String(index)))
    : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inside(entry, key)]))
  return plugins.length === before ? value : copy
}
