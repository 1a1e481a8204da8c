import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { Gate } from "../../bundle/gate.ts"
import type { Recorded } from "../../bundle/read.ts"
import { sha256 } from "../../disk/sha256.ts"
import { textOf } from "../../disk/text.ts"
import { writeIfPossible } from "../../disk/write.ts"
import { digestsIn, formatOf } from "../format.ts"
import { layout } from "../layout.ts"

const codeFormat = 3

const Texts = Schema.Array(Schema.String)

/**
 * What a stage's own reachable code does that its digest cannot account for, one clause per thing.
 */
export const Hazards = Schema.Struct({
  /**
   * It depends on more than any fingerprint says: no result of it can be kept, unless it declares
   * so. `kind` is the declaration of `reads` that would allow it; null where none does.
   */
  outside: Schema.Array(Schema.Struct({ reason: Schema.String, kind: Schema.NullOr(Schema.String) })),
  /**
   * It makes or loads code in ways that the digest of reachable code does not follow: its files are
   * compared as they are.
   */
  opaque: Texts,
  /**
   * Of the opaque ones: what it loads by a computed name may be any file, or package, of the
   * project.
   */
  computedNames: Schema.Boolean,
})
export type Hazards = typeof Hazards.Type

/** What is known of the module that implements a stage, and from which files. */
export const CodeRecord = Schema.Struct({
  /** Absolute path. */
  module: Schema.String,
  /** The version of the way in which it was bundled. */
  bundling: Schema.Int,
  /** What it was made from, and the very code that was digested, ready to be imported. */
  gate: Gate,
  /** The tools that made the form that was digested. */
  recipe: Schema.String,
  /**
   * Of the reachable code: the same after an edit of comments, types, formatting, names of locals,
   * or code that `run` does not reach.
   */
  canonical: Schema.String,
  /**
   * The name that the code has in fingerprints: the digest that it had under the recipe by which it
   * was first digested.
   */
  digest: Schema.String,
  /** The folders of the packages that it imports, sorted. */
  packages: Texts,
  /** Packages that are loaded where they are wanted, and were not installed. */
  absent: Texts,
  hazards: Hazards,
})
export type CodeRecord = typeof CodeRecord.Type

const Stored = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(codeFormat), ...CodeRecord.fields }))

/** The record of a module's code, perhaps of an earlier version of it; null if there is none. */
export const readCode = (store: string, module: string): CodeRecord | null => {
  const file = recordFile(store, module)
  if (!fs.existsSync(file)) return null
  const record = Option.getOrNull(Schema.decodeUnknownOption(Stored)(fs.readFileSync(file, "utf8")))
  return record?.module === module ? record : null
}

/**
 * Puts it on record, and the files that it was made from. In a store that cannot be written nothing
 * is recorded.
 */
export const recordCode = (store: string, record: CodeRecord): void => {
  for (const { path: file, sha256 } of record.gate.closure) {
    const kept = layout(store).source(sha256)
    const text = fs.existsSync(kept) ? null : fs.readFileSync(file, "utf8")
    // Perhaps it has been edited since it was compiled: what is kept is what was compiled, or
    // nothing.
    if (text !== null && digestOf(text) === sha256) writeIfPossible(kept, text)
  }
  writeIfPossible(recordFile(store, record.module), Schema.encodeSync(Stored)({ format: codeFormat, ...record }))
}

/** The files that a record was made from, as they were then; null if they are not all there. */
export const recordedSources = (store: string, { gate }: CodeRecord): Recorded | null => {
  const sources = new Map<string, string>()
  for (const { path: file, sha256 } of gate.closure) {
    const kept = layout(store).source(sha256)
    const text = fs.existsSync(kept) ? fs.readFileSync(kept, "utf8") : ""
    if (digestOf(text) !== sha256) return null
    sources.set(file, text)
  }
  return sources
}

/**
 * The name of code of this form in fingerprints: its own digest, unless it is recorded as the same
 * code under an earlier one.
 */
export const nameOf = (store: string, canonical: string): string => {
  const file = layout(store).sameCode(canonical)
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : ""
  return /^[0-9a-f]{64}$/.test(text) ? text : canonical
}

/** Notes that code of this form is the code of that name. */
export const recordSame = (store: string, canonical: string, name: string): void =>
  writeIfPossible(layout(store).sameCode(canonical), `${name}\n`)

/**
 * Removes records of modules that are gone, and sources that no record names. What was written
 * since `before` (milliseconds since 1970) stays: its record may be on its way.
 */
export const tidyCode = (store: string, before: number): void => {
  const places = layout(store)
  const names = (folder: string) => (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
  const isOld = (file: string) => (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? before) < before
  const named = new Set<string>()
  for (const name of names(places.codes).filter((name) => name.endsWith(".json"))) {
    const file = path.join(places.codes, name)
    const text = textOf(file) ?? ""
    const record = Option.getOrNull(Schema.decodeUnknownOption(Stored)(text))
    // Of another version, which will come back to it.
    if (record === null && formatOf(text) !== null && formatOf(text) !== String(codeFormat))
      for (const digest of digestsIn(text)) named.add(digest)
    else if (isOld(file) && (record === null || !fs.existsSync(record.module))) fs.rmSync(file, { force: true })
    else for (const { sha256 } of record?.gate.closure ?? []) named.add(sha256)
  }
  for (const sha256 of names(places.sources)) {
    const file = places.source(sha256)
    if (!named.has(sha256) && isOld(file)) fs.rmSync(file, { force: true })
  }
}

const recordFile = (store: string, module: string): string => layout(store).code(sha256("module", module))

const digestOf = (text: string): string => sha256("content", text)
