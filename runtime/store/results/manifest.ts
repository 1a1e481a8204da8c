import { Schema } from "effect"
import type { Json } from "../../../dsl/canonical.ts"

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/**
 * A named component of a fingerprint. Its value is JSON, so that two fingerprints can be compared
 * part by part.
 */
export const Component = Schema.Struct({ component: Schema.String, value: Schema.Unknown as Schema.Codec<Json, Json> })
export type Component = typeof Component.Type

/**
 * An output as it is stored. A table is one file, `<output>.parquet`; anything else is files under
 * their own names.
 */
export const StoredOutput = Schema.Struct({
  /** The name of its artifact type. */
  artifact: Schema.String,
  kind: Schema.Literals(["table", "files"]),
  /** Logical digest: of schema and rows, or of names and contents. */
  digest: Digest,
  rows: Schema.optionalKey(Schema.Int),
  bytes: Schema.Int,
  files: Schema.Array(Schema.Struct({ name: Schema.String, object: Digest, bytes: Schema.Int })),
})
export type StoredOutput = typeof StoredOutput.Type

export const Host = Schema.Struct({
  name: Schema.String,
  platform: Schema.String,
  node: Schema.String,
  cpu: Schema.String,
  /**
   * Of the processor's instruction sets those by which native engines choose how they compute,
   * sorted, by spaces; where the system tells.
   */
  instructions: Schema.optionalKey(Schema.String),
})

/**
 * What a stage's code was made from: no part of its fingerprint, but of what can be said about it.
 */
export const Source = Schema.Struct({
  /** The digest of the reachable code, also where a version pins it. */
  code: Digest,
  /** The digest under which the store keeps the list of the files. */
  files: Digest,
})
export type Source = typeof Source.Type

/** What a finished stage leaves: its fingerprint, and which objects its outputs are. */
export const Manifest = Schema.Struct({
  format: Schema.Literal(1),
  key: Digest,
  /** The name of the declaration, not of a place in a pipeline. */
  stage: Schema.String,
  vector: Schema.Array(Component),
  outputs: Schema.Record(Schema.String, StoredOutput),
  source: Schema.optionalKey(Source),
  /**
   * The inputs that are files from outside: by logical digest, the name that the pipeline has for
   * them.
   */
  outside: Schema.optionalKey(Schema.Array(Schema.Struct({ digest: Digest, file: Schema.String }))),
  /**
   * The last lines that its process printed: what it has to say of its data. Absent where there
   * were none. No part of what a key promises.
   */
  printed: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Whether an answer from outside, which cannot be had again, is part of it. */
  recorded: Schema.optionalKey(Schema.Literal(true)),
  /** The run that asked again, though there was a result. */
  refreshedBy: Schema.optionalKey(Schema.String),
  /**
   * Whose answers to rows or requests it used, and how many of them were known before. Absent
   * where it used none.
   */
  answers: Schema.optionalKey(Schema.Struct({ scopes: Schema.Array(Digest), known: Schema.Int, added: Schema.Int })),
  seconds: Schema.Finite,
  /** The threads that it computed with. Absent in results of versions that did not say. */
  threads: Schema.optionalKey(Schema.Int),
  /** ISO 8601. */
  created: Schema.String,
  host: Host,
})
export type Manifest = typeof Manifest.Type
