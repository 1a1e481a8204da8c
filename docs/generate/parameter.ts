/** Schemas of parameters in words: what may be given, and what is taken where nothing is. */

import { Exit, Schema } from "effect"
import { code } from "./markdown.ts"

type AnySchema = Schema.Codec<unknown, unknown>

/** What part of JSON Schema parameters make use of. */
interface JsonSchema {
  readonly type?: string
  readonly enum?: ReadonlyArray<string | number | boolean>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: JsonSchema | boolean
  readonly $ref?: string
}

/**
 * What a parameter takes, such as "whole number ≥ 1" or `"train"` or `"test"`. `named` gives a link
 * for what is described elsewhere.
 */
export const typeText = (schema: AnySchema, named: (schema: AnySchema) => string | undefined): string => {
  const known = named(schema)
  if (known !== undefined) return known
  const { schema: whole, definitions } = Schema.toJsonSchemaDocument(Schema.Struct({ value: schema })) as unknown as {
    readonly schema: JsonSchema
    readonly definitions: Readonly<Record<string, JsonSchema>>
  }
  return text(whole.properties?.value ?? {}, definitions)
}

const text = (schema: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>): string => {
  const inside = (part: JsonSchema) => text(part, definitions)
  if (schema.$ref !== undefined) return inside(definitions[schema.$ref.split("/").pop() ?? ""] ?? {})
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(inside))].join(" or ")
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(" or ")
  const bounds: JsonSchema = Object.assign({}, schema, ...(schema.allOf ?? []))
  switch (schema.type) {
    case "integer":
      return `whole number${boundsText(bounds)}`
    case "number":
      return `number${boundsText(bounds)}`
    case "array":
      return `list of ${inside(schema.items ?? {})}${(schema.minItems ?? 0) > 0 ? ", not empty" : ""}`
    case "object":
      return objectText(schema, inside)
    case "string":
      return "text"
    case "boolean":
      return `${code("true")} or ${code("false")}`
    case "null":
      return code("null")
    default:
      throw new Error(`a parameter has a schema without words here: ${JSON.stringify(schema)}; add them to docs/generate/parameter.ts`)
  }
}

const objectText = ({ properties, required = [], additionalProperties }: JsonSchema, inside: (part: JsonSchema) => string): string => {
  if (properties === undefined) return `record of ${typeof additionalProperties === "object" ? inside(additionalProperties) : "anything"}`
  // A field that nothing fits is an old name, which is refused.
  const accepted = Object.entries(properties).filter(([, part]) => !("not" in part))
  const fields = accepted.map(([name, part]) => `${code(required.includes(name) ? name : `${name}?`)}: ${inside(part)}`)
  return `{ ${fields.join(", ")} }`
}

/** Numbers are exact up to this one; as a bound, it says nothing to a reader. */
const largest = Number.MAX_SAFE_INTEGER

const boundsText = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string => {
  const parts = [
    minimum === undefined || minimum === -largest ? "" : `≥ ${minimum}`,
    exclusiveMinimum === undefined ? "" : `> ${exclusiveMinimum}`,
    maximum === undefined || maximum === largest ? "" : `≤ ${maximum}`,
    exclusiveMaximum === undefined ? "" : `< ${exclusiveMaximum}`,
  ].filter((part) => part !== "")
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`
}

/**
 * The value that stands where a parameter is left out, as JSON; undefined for one that must be
 * given.
 */
export const defaultOf = (schema: AnySchema): string | undefined => {
  const decoded = Schema.decodeUnknownExit(Schema.Struct({ value: schema }))({})
  return Exit.isSuccess(decoded) ? JSON.stringify(decoded.value.value) : undefined
}
