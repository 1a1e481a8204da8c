import { Effect, Semaphore, Stream } from "effect"
import type { Layout } from "../../layout.ts"
import { type Unsealed, unseal } from "../../results/seal.ts"
import { nameOf } from "../names.ts"
import type { Remote } from "../objects/failure.ts"
import { type ObjectFacts, type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import type { Packed } from "./pack.ts"
import type { Packs } from "./packs.ts"

/** A result as the remote store holds it, and the name of its object. */
export type RemoteResult = Unsealed & { readonly name: string }

/**
 * Which results a remote store has. A listing tells which keys there are, by one request for a
 * thousand; packs bring their manifests. What is in no pack is read by itself, and with it some of
 * those that were written next. A key that the listing does not have is asked for.
 */
export interface Catalogue {
  /** Null where the store has no result under the key. */
  readonly find: (key: string) => Remote<RemoteResult | null>
  /** Takes in what was written under a key. */
  readonly note: (key: string, written: Packed) => void
  /** The next question about the key goes to the store. */
  readonly forget: (key: string) => void
  /**
   * The same for all keys that were not found so far, since results may have been removed. Waits
   * for the questions that are on their way.
   */
  readonly forgetUnused: Effect.Effect<void>
  /** Whether the store still has an object as a pack has it, as far as is known. */
  readonly isCurrent: (packed: Packed) => boolean
  /** The keys that were found or written. */
  readonly used: ReadonlySet<string>
}

/** Milliseconds for which the answer that there is no result is believed. */
const believedMs = 2_000

/** Results that are read at most with one that is in no pack. */
const mostAhead = 128

export const catalogueOf = (layout: Layout, objects: ObjectStore, packs: Packs): Catalogue => {
  let listing: Listing | null = null
  let ahead = 1
  const whole = new Map<string, RemoteResult>()
  const texts = new Map<string, string>()
  const absentAt = new Map<string, number>()
  const used = new Set<string>()
  const oneAtATime = Semaphore.makeUnsafe(1)
  /** A question takes one of many permits; who waits for all questions takes all. */
  const questions = Semaphore.makeUnsafe(mostQuestions)

  const list = Semaphore.withPermit(
    oneAtATime,
    Effect.gen(function* () {
      listing ??= yield* listResults(objects)
      return listing
    }),
  )

  const read = Effect.fnUntraced(function* (name: string) {
    const found = yield* objects.read(name)
    if (found === null) return null
    const text = found.bytes.toString()
    texts.set(name, text)
    listing?.facts.set(name, found.facts)
    packs.add({ name, etag: found.facts.etag, text }, "read")
    return text
  })

  /** With those that were written after it: who wants one is likely to want those next. */
  const readAhead = Effect.fnUntraced(function* (name: string, { inOrder }: Listing) {
    const start = inOrder.indexOf(name)
    const next = start === -1 ? [name] : inOrder.slice(start, start + ahead).filter((each) => !texts.has(each))
    ahead = Math.min(ahead * 2, mostAhead)
    yield* Effect.forEach(next, read, { concurrency: objectConcurrency, discard: true })
    return texts.get(name) ?? null
  })

  const textOf = Effect.fnUntraced(function* (name: string) {
    const known = yield* list
    const facts = known.facts.get(name)
    if (facts !== undefined) return texts.get(name) ?? (yield* packs.text(name, facts.etag)) ?? (yield* readAhead(name, known))
    if (performance.now() - (absentAt.get(name) ?? known.at) < believedMs) return null
    const begun = performance.now()
    const text = yield* read(name)
    if (text === null) absentAt.set(name, begun)
    return text
  })

  const look = Effect.fnUntraced(function* (file: string, key: string) {
    const name = nameOf(layout, file)
    const text = yield* textOf(name)
    return text === null ? null : { ...unseal(text, key), name }
  })

  const search = Effect.fnUntraced(function* (key: string) {
    const first = yield* look(layout.result(key), key)
    const found = first?.state === "foreign" ? ((yield* look(layout.resultBeside(key), key)) ?? first) : first
    if (found?.state !== "whole") return found
    whole.set(key, found)
    used.add(key)
    return found
  })

  return {
    find: (key) =>
      Effect.suspend((): Remote<RemoteResult | null> => {
        const known = whole.get(key)
        return known !== undefined ? Effect.succeed(known) : Semaphore.withPermit(questions, search(key))
      }),
    note: (key, written) => {
      const { name, etag, text } = written
      whole.set(key, { ...unseal(text, key), name })
      texts.set(name, text)
      listing?.facts.set(name, { name, etag, bytes: text.length, modified: Number.POSITIVE_INFINITY })
      packs.add(written, "written")
      used.add(key)
    },
    forget: (key) => {
      whole.delete(key)
      for (const file of [layout.result(key), layout.resultBeside(key)]) {
        const name = nameOf(layout, file)
        listing?.facts.delete(name)
        texts.delete(name)
        absentAt.set(name, Number.NEGATIVE_INFINITY)
      }
    },
    forgetUnused: Semaphore.withPermits(
      questions,
      mostQuestions,
      Effect.sync(() => {
        listing = null
        texts.clear()
        absentAt.clear()
        packs.forget()
      }),
    ),
    isCurrent: ({ name, etag }) => !name.startsWith("results/") || listing?.facts.get(name)?.etag === etag,
    used,
  }
}

/** Questions that may be on their way at a time. */
const mostQuestions = 1_000

interface Listing {
  readonly facts: Map<string, ObjectFacts>
  /** Names in the order in which they were written. */
  readonly inOrder: ReadonlyArray<string>
  /** When it was asked for, by a clock that is never set. */
  readonly at: number
}

/**
 * All results: by one request where there are at most a thousand, else by the first digits of the
 * keys, side by side.
 */
const listResults = Effect.fnUntraced(function* (objects: ObjectStore) {
  const at = performance.now()
  const first = yield* Stream.runCollect(Stream.take(objects.list("results/"), 2))
  const prefixes = first.length < 2 ? [] : [..."0123456789abcdef"].map((digit) => `results/${digit}`)
  const others = yield* Effect.forEach(prefixes, (prefix) => Stream.runCollect(objects.list(prefix)), { concurrency: objectConcurrency })
  const all = prefixes.length === 0 ? first.flat() : others.flat(2)
  const inOrder = [...all].sort((a, b) => a.modified - b.modified).map(({ name }) => name)
  return { facts: new Map(all.map((each) => [each.name, each])), inOrder, at } satisfies Listing
})
