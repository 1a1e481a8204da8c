import { Data, type Effect } from "effect"
import { StoreNotReadable, StoreNotWritable } from "../../../error.ts"

/**
 * Why a request to a shared store has failed.
 * `unreachable`: no answer, or one that says to come back later; this heals by itself.
 * `credentials`: the key is unknown, its secret wrong, or its time over.
 * `forbidden`: the key may not do this.
 * `no bucket`: the bucket, or the folder, was not found.
 * `clock`: this machine's clock is wrong.
 * `conditional`: the server does not keep the promises that a store needs.
 * `refused`: anything else that the server says.
 */
export type FailureKind = "unreachable" | "credentials" | "forbidden" | "no bucket" | "clock" | "conditional" | "refused"

/** A request to a shared store that failed. Its text holds no credentials. */
export class RemoteFailure extends Data.TaggedError("RemoteFailure")<{
  readonly kind: FailureKind
  /** The store, as a user writes it. */
  readonly store: string
  /** What happened, in the server's words or the system's. */
  readonly reason: string
  /** Seconds after which the server wants to be asked again; null if it does not say. */
  readonly retryAfterSeconds: number | null
}> {
  override get message(): string {
    return `${this.reason}; ${remedies[this.kind]}`
  }
}

const remedies: Readonly<Record<FailureKind, string>> = {
  unreachable: "check the network and AWS_ENDPOINT_URL, and run the command again",
  credentials: "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE",
  forbidden: "ask the owner of the store for the right to list, read, write and delete in it",
  "no bucket": "create it, or correct ASSAY_STORE, AWS_REGION and AWS_ENDPOINT_URL",
  clock: "set this machine's clock",
  conditional: "use Amazon S3, MinIO, Cloudflare R2 or versitygw, or a folder",
  refused: "if it is right to refuse, correct ASSAY_STORE; otherwise report it",
}

/** Whether to ask again may help. */
export const isPassing = ({ kind }: RemoteFailure): boolean => kind === "unreachable"

export const notReadable = (failure: RemoteFailure): StoreNotReadable =>
  new StoreNotReadable({ path: failure.store, message: `the store ${failure.store} cannot be read: ${failure.message}` })

export const remoteNotWritable = (failure: RemoteFailure): StoreNotWritable =>
  new StoreNotWritable({ path: failure.store, message: `the store ${failure.store} cannot be written: ${failure.message}` })

/** What an operation of a store of objects may come to. */
export type Remote<A> = Effect.Effect<A, RemoteFailure>
