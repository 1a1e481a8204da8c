import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schema, Stream } from "effect"
import { textOf } from "../../../disk/text.ts"
import { writeAtomically, writeIfPossible } from "../../../disk/write.ts"
import type { Layout } from "../../layout.ts"
import { isOwnMark } from "../../workspace/presence.ts"
import { fileOf } from "../names.ts"
import type { Remote } from "../objects/failure.ts"
import { type ObjectFacts, type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import type { Packs } from "../results/packs.ts"

/**
 * Copies of small objects in the local folder, where readers look for them: records of runs and
 * failures. One that has not changed is fetched once.
 */
export interface Mirror {
  /**
   * Brings the objects below a prefix, those whose names sort last first; at most so many. Returns
   * how many are left.
   */
  readonly bring: (prefix: string, most?: number) => Remote<number>
  /** Brings one object; false where the store has none. */
  readonly bringOne: (name: string) => Remote<boolean>
  /** The local copy is what the store has under that etag. */
  readonly note: (name: string, etag: string) => void
  /** Keeps what is known of the copies for the next process. */
  readonly save: Effect.Effect<void>
}

/** By name, the etag of the object that a local file is a copy of. */
const Copies = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

export const mirrorOf = (layout: Layout, objects: ObjectStore, packs: Packs): Mirror => {
  const etags = new Map(Object.entries(readCopies(layout.mirrored)))
  let isChanged = false

  const note = (name: string, etag: string): void => {
    etags.set(name, etag)
    isChanged = true
  }
  const isCopied = ({ name, etag }: ObjectFacts): boolean => etags.get(name) === etag && fs.existsSync(fileOf(layout, name))

  const put = (name: string, bytes: Uint8Array | string, etag: string): void => {
    writeAtomically(fileOf(layout, name), bytes)
    note(name, etag)
  }

  const bringListed = Effect.fnUntraced(function* (facts: ObjectFacts) {
    const packed = yield* packs.text(facts.name, facts.etag)
    if (packed !== null) return put(facts.name, packed, facts.etag)
    const found = yield* objects.read(facts.name)
    if (found === null) return
    put(facts.name, found.bytes, found.facts.etag)
    packs.add({ name: facts.name, etag: found.facts.etag, text: found.bytes.toString() }, "read")
  })

  return {
    bring: Effect.fnUntraced(function* (prefix, most = Number.POSITIVE_INFINITY) {
      const listed = (yield* Stream.runCollect(objects.list(prefix))).flat().reverse()
      // Of a run that goes on here, the record here is the newest.
      const wanted = listed.filter((facts) => !isCopied(facts) && !isOwnMark(layout, path.posix.basename(facts.name, ".json")))
      const next = wanted.slice(0, most)
      yield* Effect.forEach(next, bringListed, { concurrency: objectConcurrency, discard: true })
      return wanted.length - next.length
    }),
    bringOne: Effect.fnUntraced(function* (name) {
      const facts = yield* objects.head(name)
      if (facts === null) return false
      if (isCopied(facts)) return true
      const found = yield* objects.read(name)
      if (found !== null) put(name, found.bytes, found.facts.etag)
      return found !== null
    }),
    note,
    save: Effect.sync(() => {
      if (isChanged && fs.existsSync(layout.root)) writeIfPossible(layout.mirrored, JSON.stringify(Object.fromEntries(etags)))
      isChanged = false
    }),
  }
}

const readCopies = (file: string): Readonly<Record<string, string>> =>
  Option.getOrElse(Schema.decodeUnknownOption(Copies)(textOf(file) ?? ""), () => ({}))
