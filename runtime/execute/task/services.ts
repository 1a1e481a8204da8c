import { canonicalJson, type Json } from "../../../dsl/canonical.ts"
import type { ConnectionRequest } from "../../../dsl/connection.ts"
import { sha256 } from "../../disk/sha256.ts"

/**
 * What a stage asks of the process that runs it, which has the store, the network and the right to
 * start programs. `place` is whose code asks: that of the stage (empty) or of a plugin.
 */
export type ServiceCall =
  /** The answers to rows that are known, by their digests; null where one is not. */
  | { readonly type: "recall"; readonly place: string; readonly scope: Json; readonly rows: ReadonlyArray<string> }
  | { readonly type: "remember"; readonly place: string; readonly scope: Json; readonly answers: ReadonlyArray<Answer> }
  | { readonly type: "ask"; readonly place: string; readonly scope: Json; readonly requests: ReadonlyArray<ConnectionRequest> }
  /** Keeps their answers no longer. */
  | { readonly type: "forget"; readonly place: string; readonly scope: Json; readonly requests: ReadonlyArray<ConnectionRequest> }
  /** Runs the program of the task, whose outputs lie in its work folder then. */
  | { readonly type: "run" }

/** The digest of a row, and the answer to it. */
export type Answer = readonly [row: string, answer: Json]

/** Names a row or a request among those of its scope: 32 hexadecimal digits. */
export const rowDigest = (row: Json | ConnectionRequest): string => sha256("row", canonicalJson(row)).slice(0, 32)

/** Rejects with what the stage is to throw. */
export type Serve = (call: ServiceCall) => Promise<ReadonlyArray<Json>>

/** For a stage that is to compute everything itself. */
export const serveNothing: Serve = async (call) => {
  if (call.type === "ask") throw new Error("no server or program can be asked here")
  if (call.type === "run") throw new Error("no program can be run here")
  return call.type === "recall" ? call.rows.map(() => null) : []
}
