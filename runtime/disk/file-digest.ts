import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { writeIfPossible } from "./write.ts"

/** SHA-256 of a file as it is now, each file read once; null for one that is gone. */
export type FileDigests = (path: string) => string | null

/** Files below this are read rather than remembered: that takes no longer than to look them up. */
const smallBytes = 1 << 16

/**
 * A file is remembered once its last change lies this far back: a clock may not tell two changes
 * apart that lie closer.
 */
export const settledMs = 2_000

const Remembered = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Tuple([Schema.String, Schema.String])))

/**
 * Digests of files. Those of large ones are remembered in a file of the folder `cache` beside what
 * the file system says of them, so that a bundle or a data set is read again only after a change.
 */
export const fileDigests = (cache: string | null): FileDigests => {
  const known = new Map<string, string | null>()
  const file = cache === null ? null : path.join(cache, "digests.json")
  let remembered: Map<string, readonly [string, string]> | null = null
  const load = () => {
    remembered ??= new Map(Object.entries(file === null ? {} : readRemembered(file)))
    return remembered
  }
  const digest = (name: string): string | null => {
    const facts = fs.statSync(name, { throwIfNoEntry: false })
    if (facts === undefined || facts.isDirectory()) return null
    if (facts.size < smallBytes) return digestFile(name)
    const identity = identityOf(facts)
    const before = load().get(name)
    if (before?.[0] === identity) return before[1]
    const fresh = digestFile(name)
    if (file !== null && isSettled(facts)) {
      load().set(name, [identity, fresh])
      remember(file, load())
    }
    return fresh
  }
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const fresh = digest(name)
    known.set(name, fresh)
    return fresh
  }
}

/**
 * What changes whenever a file's content does, though its size and its modification time be forged:
 * ctime cannot be set.
 */
export const identityOf = ({ size, mtimeMs, ctimeMs, ino, dev }: fs.Stats): string => [size, mtimeMs, ctimeMs, ino, dev].join(" ")

export const isSettled = ({ mtimeMs, ctimeMs }: fs.Stats): boolean => Math.max(mtimeMs, ctimeMs) + settledMs < Date.now()

const chunkBytes = 1 << 22

/**
 * SHA-256 of a file, read piece by piece: Node reads no file of 2 GiB or more at once. Throws what
 * the file system throws.
 */
export const digestFile = (file: string): string => {
  const hash = createHash("sha256")
  const descriptor = fs.openSync(file, "r")
  try {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, fs.fstatSync(descriptor).size)))
    for (let read = fs.readSync(descriptor, chunk); read > 0; read = fs.readSync(descriptor, chunk)) hash.update(chunk.subarray(0, read))
  } finally {
    fs.closeSync(descriptor)
  }
  return hash.digest("hex")
}

const readRemembered = (file: string) => {
  if (!fs.existsSync(file)) return {}
  return Option.getOrElse(Schema.decodeUnknownOption(Remembered)(fs.readFileSync(file, "utf8")), () => ({}))
}

const remember = (file: string, entries: ReadonlyMap<string, readonly [string, string]>): void => {
  const present = [...entries].filter(([name]) => fs.existsSync(name))
  writeIfPossible(file, JSON.stringify(Object.fromEntries(present)))
}
