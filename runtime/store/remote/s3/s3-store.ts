import { Effect, Option, Stream } from "effect"
import type { RemoteFailure } from "../objects/failure.ts"
import { type ByteRange, type ObjectFacts, type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import { patientStream } from "../objects/patience.ts"
import type { S3Access } from "./access.ts"
import { etagOf, factsOf, unquoted, unreachable } from "./answer.ts"
import { asking, type Bucket } from "./ask.ts"
import { asError } from "./request.ts"
import { uploads } from "./upload.ts"
import { elements, textIn } from "./xml.ts"

/** Objects in a bucket of a service that speaks S3's protocol. */
export const s3Store = (location: { readonly bucket: string; readonly prefix: string; readonly access: S3Access }): ObjectStore => {
  const bucket = asking(location)
  const { store, keyOf, ask, clock } = bucket
  const head = (name: string) =>
    Effect.map(ask({ method: "HEAD", key: keyOf(name) }, { accepted: [404] }), ({ answer }) =>
      answer.statusCode === 404 ? null : factsOf(name, answer),
    )
  const { upload, removeUnfinished } = uploads(bucket, head)

  /** One page of a listing, and where the next begins; null after the last. */
  const page = (prefix: string, from: { readonly after: string } | { readonly token: string }) =>
    Effect.map(
      ask({
        method: "GET",
        key: "",
        query: {
          "list-type": "2",
          prefix: keyOf(prefix),
          ...("token" in from ? { "continuation-token": from.token } : from.after === "" ? {} : { "start-after": keyOf(from.after) }),
        },
      }),
      ({ body }) => {
        const xml = body.toString()
        const next = textIn(xml, "IsTruncated") === "true" ? textIn(xml, "NextContinuationToken") : ""
        const facts = elements(xml, "Contents").map(
          (content): ObjectFacts => ({
            name: textIn(content, "Key").slice(keyOf("").length),
            bytes: Number(textIn(content, "Size")),
            etag: unquoted(textIn(content, "ETag")),
            modified: Date.parse(textIn(content, "LastModified")),
          }),
        )
        return [facts, next === "" ? Option.none() : Option.some({ token: next })] as const
      },
    )

  const remove = (name: string) => ask({ method: "DELETE", key: keyOf(name) }, { accepted: [404] })

  return {
    name: store,
    read: (name) =>
      Effect.map(ask({ method: "GET", key: keyOf(name) }, { accepted: [404] }), ({ answer, body }) =>
        answer.statusCode === 404 ? null : { bytes: body, facts: { ...factsOf(name, answer), bytes: body.byteLength } },
      ),
    stream: (name, range) => resumed(bucket, name, range),
    head,
    write: (name, bytes, { ifAbsent }) =>
      Effect.map(
        ask(
          { method: "PUT", key: keyOf(name), body: bytes, headers: ifAbsent ? { "if-none-match": "*" } : {} },
          { accepted: ifAbsent ? [412] : [] },
        ),
        ({ answer }) =>
          answer.statusCode === 412 ? { state: "exists" as const, etag: "" } : { state: "written" as const, etag: etagOf(answer) },
      ),
    upload,
    list: (prefix, after = "") =>
      Stream.paginate<Parameters<typeof page>[1], ReadonlyArray<ObjectFacts>, RemoteFailure, never>({ after }, (from) =>
        Effect.map(page(prefix, from), ([facts, next]) => [[facts], next] as const),
      ),
    remove: (names) => Effect.forEach(names, remove, { concurrency: objectConcurrency, discard: true }),
    copy: (from, to) => {
      const source = encodeURI(`/${location.bucket}/${keyOf(from)}`)
      return Effect.map(
        ask({ method: "PUT", key: keyOf(to), headers: { "x-amz-copy-source": source } }, { accepted: [404] }),
        ({ answer }) => answer.statusCode !== 404,
      )
    },
    now: clock,
    removeUnfinished,
  }
}

/**
 * The bytes of an object. Where the connection breaks off, the rest is asked for again, from the
 * first byte that has not arrived.
 */
const resumed = ({ store, keyOf, open }: Bucket, name: string, range: ByteRange | null): Stream.Stream<Uint8Array, RemoteFailure> =>
  Stream.suspend(() => {
    let position = range?.start ?? 0
    const wanted = () => (range === null && position === 0 ? {} : { range: `bytes=${position}-${range === null ? "" : range.end - 1}` })
    const rest = Effect.map(
      Effect.suspend(() => open({ method: "GET", key: keyOf(name), headers: wanted() }, { accepted: [404, 416] })),
      (answer) =>
        answer.statusCode === 404 || answer.statusCode === 416
          ? Stream.empty
          : Stream.fromAsyncIterable<Buffer, RemoteFailure>(answer, (error) => unreachable(store, asError(error))).pipe(
              Stream.tap(({ byteLength }) =>
                Effect.sync(() => {
                  position += byteLength
                }),
              ),
            ),
    )
    return patientStream(Stream.unwrap(rest))
  })
