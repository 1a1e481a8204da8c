import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Semaphore, Stream } from "effect"
import { writeIfPossible } from "../../../disk/write.ts"
import type { Layout } from "../../layout.ts"
import { fileOf } from "../names.ts"
import type { Remote } from "../objects/failure.ts"
import { type ObjectFacts, type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import { type Packed, packName, readPack, writePack } from "./pack.ts"

/**
 * The packs of a store, which bring many small objects by one request. They repeat what is in the
 * store by itself: to lose one costs requests, and nothing else.
 */
export interface Packs {
  /** The text of an object by its name and etag; null if no pack looked at has it. */
  readonly text: (name: string, etag: string) => Remote<string | null>
  /** Notes what is in no pack yet: what this process wrote, or had to read by itself. */
  readonly add: (packed: Packed, by: "written" | "read") => void
  /**
   * Packs what was noted, if it is worth it and at least so much, and merges small packs into one
   * where there are many.
   */
  readonly write: (isCurrent: (packed: Packed) => boolean, least?: number) => Remote<void>
  /** Looks for packs that were written since. */
  readonly forget: () => void
}

/** Packs that are looked at for one object, newest first: what is in none is read by itself. */
const mostSearched = 64

/** Packs that are read at a time. */
const batch = 8

/** A pack with fewer bytes is small, and so many small ones are merged. */
const smallBytes = 1 << 20
const mostSmall = 32

/** Objects that had to be read one by one, from which on it is worth it to pack them. */
const manyRead = 32

/** Lists of the files behind results, which are looked for in the local folder only. */
export const codeFilesPrefix = "code/files/"

const keepCodeFiles = (file: string, text: string): void => {
  if (!fs.existsSync(file)) writeIfPossible(file, text)
}

export const packsOf = (layout: Layout, objects: ObjectStore): Packs => {
  /** By name and etag. */
  const texts = new Map<string, string>()
  const noted = new Map<string, Packed>()
  let hasWritten = false
  let names: ReadonlyArray<ObjectFacts> | null = null
  let searched = 0
  const oneAtATime = Semaphore.makeUnsafe(1)

  const list = Effect.map(Stream.runCollect(objects.list("packs/")), (pages) => pages.flat())

  /** From the cache if it is there: a pack never changes. */
  const load = Effect.fnUntraced(function* ({ name }: ObjectFacts) {
    const file = layout.pack(path.basename(name))
    if (fs.existsSync(file)) return yield* Effect.promise(() => readPack(fs.readFileSync(file)))
    const bytes = (yield* objects.read(name))?.bytes
    if (bytes === undefined) return []
    writeIfPossible(file, bytes)
    return yield* Effect.promise(() => readPack(bytes))
  })
  const remember = (packed: ReadonlyArray<Packed>): void => {
    for (const { name, etag, text } of packed) {
      if (name.startsWith(codeFilesPrefix)) keepCodeFiles(fileOf(layout, name), text)
      else texts.set(`${name} ${etag}`, text)
    }
  }

  const search = Effect.fnUntraced(function* (wanted: string) {
    names ??= [...(yield* list)].reverse()
    while (!texts.has(wanted) && searched < Math.min(names.length, mostSearched)) {
      const next = names.slice(searched, searched + batch)
      searched += batch
      for (const packed of yield* Effect.forEach(next, load, { concurrency: batch })) remember(packed)
    }
    return texts.get(wanted) ?? null
  })

  const put = Effect.fnUntraced(function* (packed: ReadonlyArray<Packed>) {
    const bytes = yield* Effect.promise(() => writePack(packed))
    const name = packName(createHash("sha256").update(bytes).digest("hex"), yield* objects.now)
    yield* objects.write(name, bytes, { ifAbsent: true })
    writeIfPossible(layout.pack(path.basename(name)), bytes)
    remember(packed)
  })

  return {
    text: (name, etag) =>
      Effect.suspend(() => {
        const known = texts.get(`${name} ${etag}`)
        return known !== undefined ? Effect.succeed(known) : Semaphore.withPermit(oneAtATime, search(`${name} ${etag}`))
      }),
    add: (packed, by) => {
      noted.set(packed.name, packed)
      hasWritten ||= by === "written"
    },
    write: Effect.fnUntraced(function* (isCurrent, least = 1) {
      if (noted.size < (hasWritten ? least : Math.max(least, manyRead))) return
      const fresh = [...noted.values()]
      noted.clear()
      hasWritten = false
      const small = (yield* list).filter(({ bytes }) => bytes < smallBytes)
      if (small.length < mostSmall) return yield* put(fresh)
      const merged = (yield* Effect.forEach(small, load, { concurrency: objectConcurrency })).flat()
      yield* put([...merged.filter(isCurrent), ...fresh])
      yield* objects.remove(small.map(({ name }) => name))
      for (const { name } of small) fs.rmSync(layout.pack(path.basename(name)), { force: true })
    }),
    forget: () => {
      names = null
      searched = 0
    },
  }
}
