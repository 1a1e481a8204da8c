import type { Effect, Stream } from "effect"
import type { RemoteFailure } from "./failure.ts"

/** What a store of objects says of one. */
export interface ObjectFacts {
  readonly name: string
  readonly bytes: number
  /** Tells one content of the object from another, and nothing else. */
  readonly etag: string
  /** When it was written, in milliseconds since 1970 by the store's own clock. */
  readonly modified: number
}

export interface StoredObject {
  readonly bytes: Buffer
  readonly facts: ObjectFacts
}

/** `exists`: there was an object of that name, which has been left alone. */
export interface Written {
  readonly state: "written" | "exists"
  /** Of what was written; empty where something else is there. */
  readonly etag: string
}

export interface WriteOptions {
  /** Writes only where no object has that name; of several writers at once, one succeeds. */
  readonly ifAbsent: boolean
}

/** A part of an object: its first byte, and the one after its last. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * A place for named objects that machines share: what a shared store asks of a bucket, or of a
 * folder. An object is written whole or not at all, and a reader sees the last one written. Names
 * are paths in the store's layout, with `/`. What heals by itself has been tried again before
 * anything fails.
 */
export interface ObjectStore {
  /** As a user writes it: `s3://bucket/prefix`, or a folder. */
  readonly name: string
  /** A small object; null where there is none. */
  readonly read: (name: string) => Effect.Effect<StoredObject | null, RemoteFailure>
  /** The bytes of an object, or of a part of it, in order; none where there is no object. */
  readonly stream: (name: string, range: ByteRange | null) => Stream.Stream<Uint8Array, RemoteFailure>
  readonly head: (name: string) => Effect.Effect<ObjectFacts | null, RemoteFailure>
  readonly write: (name: string, bytes: Uint8Array, options: WriteOptions) => Effect.Effect<Written, RemoteFailure>
  /**
   * Writes a file of any length. With `ifAbsent` the content must follow from the name: what an
   * interrupted upload of it has sent is not sent again.
   */
  readonly upload: (name: string, file: string, options: WriteOptions) => Effect.Effect<Written, RemoteFailure>
  /** The objects whose names begin so and come after `after`, in order, in pages. */
  readonly list: (prefix: string, after?: string) => Stream.Stream<ReadonlyArray<ObjectFacts>, RemoteFailure>
  /** Removes objects, some of which may be gone. */
  readonly remove: (names: ReadonlyArray<string>) => Effect.Effect<void, RemoteFailure>
  /** Replaces what has the name `to`. False where `from` is gone. */
  readonly copy: (from: string, to: string) => Effect.Effect<boolean, RemoteFailure>
  /** The store's own clock, in milliseconds since 1970, to the second. */
  readonly now: Effect.Effect<number, RemoteFailure>
  /** Removes what uploads left that were begun before that time and never finished. */
  readonly removeUnfinished: (before: number) => Effect.Effect<void, RemoteFailure>
}

/** Objects that are removed, or looked at one by one, at a time. */
export const objectConcurrency = 16
