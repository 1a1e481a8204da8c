import * as fs from "node:fs"
import { gunzipSync, gzipSync } from "node:zlib"
import { Option, Schema } from "effect"
import type { JsonObject } from "../../../dsl/canonical.ts"
import type { Graph, GraphSource } from "../../../dsl/graph.ts"
import { sha256 } from "../../disk/sha256.ts"
import { writeIfPossible } from "../../disk/write.ts"
import type { Layout } from "../layout.ts"

/** A point of sweeps: the value of each axis. */
const Point = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))

/** The place of a member in a collection; absent where it has none. */
const place = { path: Schema.optionalKey(Schema.Array(Schema.String)), at: Schema.optionalKey(Point) }

/** What is wired to a port: an output of a stage, by the stage's id, or a file from outside. */
export const WiredSource = Schema.Union([
  Schema.Struct({ id: Schema.String, output: Schema.String, ...place }),
  Schema.Struct({ file: Schema.String, ...place }),
])
export type WiredSource = typeof WiredSource.Type

/** A stage of a run with all that is known of it before it computes, but its code. */
export const WiredStage = Schema.Struct({
  id: Schema.String,
  /** The name of its declaration. */
  stage: Schema.String,
  /** Names the stages that are the same at other points of the sweeps around them. */
  group: Schema.String,
  /** The point that tells it from the others of its group; absent outside of sweeps. */
  at: Schema.optionalKey(Point),
  parameters: Schema.Unknown as Schema.Codec<JsonObject, JsonObject>,
  /** Connected ports, in the order of the declaration. */
  inputs: Schema.Array(
    Schema.Struct({
      port: Schema.String,
      /** Whether the port takes a collection. */
      many: Schema.Boolean,
      from: Schema.Array(WiredSource),
    }),
  ),
  /** By output, the name of its artifact type. */
  outputs: Schema.Record(Schema.String, Schema.String),
})
export type WiredStage = typeof WiredStage.Type

/** How the stages of a run are wired. */
export const Wiring = Schema.Struct({
  format: Schema.Literal(1),
  pipeline: Schema.String,
  /** Producers before consumers. */
  stages: Schema.Array(WiredStage),
  /** What the pipeline returned, in order. */
  results: Schema.Array(Schema.Struct({ id: Schema.String, output: Schema.String })),
})
export type Wiring = typeof Wiring.Type

export const wiringOf = ({ name, stages, results }: Graph): Wiring => ({
  format: 1,
  pipeline: name,
  stages: stages.map(({ id, group, at, declaration, parameters, inputs }) => ({
    id,
    stage: declaration.name,
    group,
    ...(isEmpty(at) ? {} : { at }),
    parameters,
    inputs: inputs.map(({ port, many, sources }) => ({ port, many, from: sources.map(sourceOf) })),
    outputs: Object.fromEntries(Object.entries(declaration.outputs).map(([output, type]) => [output, type.name])),
  })),
  results: results.map(({ id, output }) => ({ id, output })),
})

const sourceOf = ({ from, path, at }: GraphSource): WiredSource => ({
  ...(from.kind === "file" ? { file: from.file } : { id: from.id, output: from.output }),
  ...(path.length === 0 ? {} : { path }),
  ...(isEmpty(at) ? {} : { at }),
})

const isEmpty = (point: GraphSource["at"]): boolean => Object.keys(point).length === 0

/**
 * Keeps a wiring under the digest of its text, which it returns: runs of one pipeline share it. It
 * is compressed, because a thousand stages take a megabyte of JSON, 40 kB compressed. Where the
 * file system refuses, nothing is kept.
 */
export const writeWiring = (layout: Layout, wiring: Wiring): string => {
  const text = JSON.stringify(wiring)
  const digest = sha256("wiring", text)
  if (readText(layout, digest) === null) writeIfPossible(layout.wiring(digest), gzipSync(text))
  return digest
}

/** The wiring of a digest; null if it is gone, damaged, or of another format. */
export const readWiring = (layout: Layout, digest: string): Wiring | null => Option.getOrNull(decode(readText(layout, digest) ?? ""))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Wiring))

const readText = (layout: Layout, digest: string): string | null => {
  try {
    const text = gunzipSync(fs.readFileSync(layout.wiring(digest))).toString()
    return sha256("wiring", text) === digest ? text : null
  } catch {
    return null
  }
}
