import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { AwsV4Signer } from "aws4fetch"
import { Effect, Redacted } from "effect"
import type { ByteRange } from "../objects/object-store.ts"
import type { S3Access } from "./access.ts"

/** What is sent: bytes, or a part of a file, which is not held in memory. */
export type Body = Uint8Array | ({ readonly file: string } & ByteRange)

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE"
  /** The key of the object; empty for the bucket. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
}

/** An answer whose body is still to be read. */
export type Answer = http.IncomingMessage

/** Sends signed requests to a bucket. Fails with what the system, or Node, says. */
export type Send = (request: S3Request) => Effect.Effect<Answer, Error>

/** Milliseconds without a byte after which a connection is given up. */
const silentMs = 30_000

export const sender = (access: S3Access, bucket: string): Send => {
  const base = baseOf(access, bucket)
  const { request, Agent } = base.protocol === "https:" ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const cache = new Map<string, ArrayBuffer>()
  const sign = async ({ method, key, query, headers, body }: S3Request) => {
    const url = new URL(base)
    url.pathname += key.split("/").map(encodeURIComponent).join("/")
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
    const signed = await new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, "X-Amz-Content-Sha256": await bodySha256(body) },
      accessKeyId: access.accessKeyId,
      secretAccessKey: Redacted.value(access.secretAccessKey),
      ...(access.sessionToken === null ? {} : { sessionToken: Redacted.value(access.sessionToken) }),
      service: "s3",
      region: access.region,
      cache,
    }).sign()
    const length = body === undefined ? {} : { "content-length": String(lengthOf(body)) }
    return { url: signed.url, headers: { ...Object.fromEntries(signed.headers), ...length } }
  }
  return (wanted) =>
    Effect.flatMap(
      // It reads what is sent: a local file that cannot be read is not a failure of the store.
      Effect.promise(() => sign(wanted)),
      ({ url, headers }) =>
        Effect.callback<Answer, Error>((resume) => {
          const sent = request(url, { method: wanted.method, headers, agent, timeout: silentMs })
          sent.on("timeout", () =>
            sent.destroy(Object.assign(new Error(`no answer for ${silentMs / 1000} seconds`), { code: "ETIMEDOUT" })),
          )
          sent.on("response", (answer) => resume(Effect.succeed(answer)))
          sent.on("error", (error) => resume(Effect.fail(error)))
          // What is sent may be refused before all of it has gone: the answer says why.
          if (wanted.body === undefined) sent.end()
          else if (wanted.body instanceof Uint8Array) sent.end(wanted.body)
          else pipeline(partOf(wanted.body), sent).catch((error) => sent.destroy(asError(error)))
          return Effect.sync(() => void sent.destroy())
        }),
    )
}

/** Amazon names buckets by hosts, where the name can be one; others by paths. */
const baseOf = ({ endpoint, region }: S3Access, bucket: string): URL => {
  if (endpoint !== null) return new URL(`${endpoint}/${bucket}/`)
  const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`
  return new URL(bucket.includes(".") ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`)
}

const lengthOf = (body: Body): number => (body instanceof Uint8Array ? body.byteLength : body.end - body.start)

/** The server holds what arrives against it. */
const bodySha256 = async (body: Body | undefined): Promise<string> => {
  const hash = createHash("sha256")
  if (body instanceof Uint8Array) hash.update(body)
  else if (body !== undefined) await pipeline(partOf(body), hash)
  return hash.digest("hex")
}

const partOf = ({ file, start, end }: Exclude<Body, Uint8Array>): Readable =>
  start === end ? Readable.from([]) : fs.createReadStream(file, { start, end: end - 1, highWaterMark: 1 << 18 })

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
