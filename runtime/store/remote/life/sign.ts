import { Option, Schema } from "effect"
import { hasEnded, Process } from "../../../disk/process.ts"
import { staleAfterSeconds } from "../../workspace/clock.ts"
import type { ObjectFacts } from "../objects/object-store.ts"

/**
 * A sign of life of a process that uses a remote store: an object that it writes again every few
 * seconds, and the store's server dates.
 */
export const Sign = Schema.Struct({
  ...Process.fields,
  /** Since when it looks at the store, in milliseconds since 1970 by the server's clock. */
  since: Schema.Finite,
  /** The last collection that it knows of; since then it trusts nothing that it read before. */
  collection: Schema.NullOr(Schema.String),
  /** Objects that it is about to name in a result. */
  objects: Schema.Array(Schema.String),
  /** How many lists there are of the keys that it has looked at or written. */
  uses: Schema.Int,
})
export type Sign = typeof Sign.Type

const Stored = Schema.fromJsonString(Sign)

export const signText = (sign: Sign): Buffer => Buffer.from(Schema.encodeSync(Stored)(sign))

/** Null for one of another version. */
export const signIn = (bytes: Uint8Array): Sign | null =>
  Option.getOrNull(Schema.decodeUnknownOption(Stored)(Buffer.from(bytes).toString()))

/** Seconds between two signs of life. */
export const signSeconds = 4

export const signPrefix = "alive/"

export const signName = (tag: string): string => `${signPrefix}${tag}.json`

/** The list of that number of the keys that a process has used. */
export const usesName = (tag: string, number: number): string => `${signPrefix}${tag}.uses/${number}.json`

/** Whether an object is a sign of life, and whose: the tag of the process. */
export const tagOfSign = (name: string): string | null => /^alive\/([^/]+)\.json$/.exec(name)?.[1] ?? null

/** Whether the process of a sign counts as alive; `now` is by the server's clock. */
export const isAliveBy = (sign: Sign | null, { modified }: ObjectFacts, now: number): boolean =>
  now - modified <= staleAfterSeconds * 1000 && (sign === null || !hasEnded(sign))
