import { canonicalJson, type Json, type JsonObject } from "../../dsl/canonical.ts"
import type { Declaration, Point } from "../../dsl/declaration.ts"
import type { GraphInput, GraphSource, GraphStage } from "../../dsl/graph.ts"
import { sha256 } from "../disk/sha256.ts"
import type { Component } from "../store/results/manifest.ts"
import { type ComponentPath, printPath } from "./component-path.ts"
import type { PackageIdentities } from "./packages.ts"

/**
 * Everything that a stage's result depends on, in named parts: `format · stage · code · program ·
 * plugins.<place> · packages · parameters · inputs.<port> · schemas · reads · engine`. The key is
 * its digest and `why` is its difference: two folds of one value, which cannot drift apart. Node's
 * version is not a component: all 19 results of the quickstart have equal files on Node 20.20.2 and
 * 24.22.3. Manifests record it, and `verify` names it where a result differs.
 */
export type Vector = ReadonlyArray<Component>

/**
 * Raised whenever the meaning of a component changes, so that no older result is taken for a
 * present one.
 */
const format = 2

/** The parts of a fingerprint that are known before anything has run. */
export interface StaticParts {
  /** The digest of the reachable code, the version that pins it, or why there is neither. */
  readonly code: Json
  readonly packages: PackageIdentities
  /** Null for a stage that computes no tensors. */
  readonly engine: Json
  /** The identity of its command, or of the program that it asks; null for a stage without. */
  readonly program: Json
  /** The code of each plugin that it is given, by its printed place, in the order of the places. */
  readonly plugins: ReadonlyArray<readonly [place: string, code: Json]>
}

/**
 * The value of an `inputs.<port>` component: a logical digest, or those of a collection's members
 * with their places.
 */
export const inputValue = ({ many, sources }: GraphInput, digests: ReadonlyArray<string>): Json =>
  many ? sources.map(({ path, at }, index) => ({ path, at, ...orderOf(at), digest: digests[index] ?? null })) : (digests[0] ?? null)

/**
 * A stage sees the axes of a point in their order, which the canonical form of the point leaves
 * out: where it is another, it is named.
 */
const orderOf = (at: Point): { readonly axes?: ReadonlyArray<string> } => {
  const axes = Object.keys(at)
  return axes.every((axis, index) => index === 0 || (axes[index - 1] as string) < axis) ? {} : { axes }
}

export const vectorOf = (stage: GraphStage, parts: StaticParts, inputs: Readonly<Record<string, Json>>): Vector => [
  { component: "format", value: format },
  { component: "stage", value: stage.declaration.name },
  { component: "code", value: parts.code },
  ...(parts.program === null ? [] : [{ component: "program", value: parts.program }]),
  ...parts.plugins.map(([place, value]) => ({ component: printPath(["plugins", place]), value })),
  { component: "packages", value: parts.packages },
  { component: "parameters", value: stage.parameters },
  ...stage.inputs.map((input) => ({
    component: printPath(["inputs", input.port]),
    value: typedInput(stage, input, inputs[input.port] ?? null),
  })),
  { component: "schemas", value: schemasOf(stage) },
  ...(stage.declaration.reads.length === 0 ? [] : [{ component: "reads", value: readsOf(stage) }]),
  ...(stage.declaration.recorded ? [{ component: "recorded", value: true }] : []),
  ...(parts.engine === null ? [] : [{ component: "engine", value: parts.engine }]),
]

/** The value of one component; null where the vector has none. */
export const componentOf = (vector: Vector, path: ComponentPath): Json => {
  const name = printPath(path)
  return vector.find(({ component }) => component === name)?.value ?? null
}

/** 64 lower-case hexadecimal digits: of the vector as canonical JSON, a list of pairs. */
export const keyOf = (vector: Vector): string => {
  const pairs = vector.map(({ component, value }) => `[${JSON.stringify(component)},${spelled(value)}]`)
  return sha256("key", `[${pairs.join(",")}]`)
}

/**
 * Canonical JSON. All stages of a declaration share the larger components, which are spelled once.
 */
const spelled = (value: Json): string => {
  if (typeof value !== "object" || value === null) return canonicalJson(value)
  const text = spellings.get(value) ?? canonicalJson(value)
  spellings.set(value, text)
  return text
}
const spellings = new WeakMap<object, string>()

/**
 * What a stage declares that it reads, and what stands for that. Values, such as those of secrets,
 * are never part of a key.
 */
const readsOf = ({ declaration }: GraphStage): Json => ({ names: [...declaration.reads].sort(), as: declaration.readsAs ?? null })

/**
 * A file from outside is known by its bytes, and read as its type says: where a port takes several
 * tables, the type that was meant is part of the input. Elsewhere the port's own type, which is
 * among the schemas, says it.
 */
const typedInput = ({ declaration }: GraphStage, { port, sources }: GraphInput, value: Json): Json => {
  if (value === null || (declaration.inputs[port]?.types.length ?? 0) < 2) return value
  const typeOf = (source: GraphSource | undefined) =>
    source?.from.kind === "file" && source.type.kind === "table" ? { type: schemaOf(source.type) } : null
  if (!Array.isArray(value)) return typeOf(sources[0]) === null ? value : { digest: value, ...typeOf(sources[0]) }
  return value.map((member, index) => ({ ...(member as JsonObject), ...typeOf(sources[index]) }))
}

/** What the stage's ports accept and its outputs hold. */
const schemasOf = ({ declaration }: GraphStage): Json => {
  const found = schemas.get(declaration) ?? {
    inputs: Object.fromEntries(
      Object.entries(declaration.inputs).map(([port, { arity, types }]) => [port, { arity, types: types.map(schemaOf) }]),
    ),
    outputs: Object.fromEntries(Object.entries(declaration.outputs).map(([output, type]) => [output, schemaOf(type)])),
  }
  schemas.set(declaration, found)
  return found
}
const schemas = new WeakMap<Declaration, Json & object>()

/** The order of columns is part of a table's schema, so they are a list. */
const schemaOf = (type: GraphStage["declaration"]["outputs"][string]): Json =>
  type.kind === "table"
    ? { kind: type.kind, name: type.name, columns: Object.entries(type.columns).map(([name, column]) => [name, column]) }
    : { kind: type.kind, name: type.name }
