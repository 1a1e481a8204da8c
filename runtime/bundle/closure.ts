import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { Schema } from "effect"

/** The files something was made from, with the sha256 of each: the cheap gate in front of making it again. */
export const Closure = Schema.Array(Schema.Struct({ path: Schema.String, sha256: Schema.String }))
export type Closure = typeof Closure.Type

/** Digests of files as they are now, each file read once. Null for a file that is gone. */
export type FileDigests = (path: string) => string | null

export const fileDigests = (): FileDigests => {
  const known = new Map<string, string | null>()
  return (path) => {
    const digest = known.get(path)
    if (digest !== undefined) return digest
    const fresh = fs.existsSync(path) ? createHash("sha256").update(fs.readFileSync(path)).digest("hex") : null
    known.set(path, fresh)
    return fresh
  }
}

export const closureOf = (paths: ReadonlyArray<string>, digests: FileDigests): Closure =>
  paths.map((path) => ({ path, sha256: digests(path) ?? "" }))

export const unchanged = (closure: Closure, digests: FileDigests): boolean => closure.every(({ path, sha256 }) => digests(path) === sha256)
