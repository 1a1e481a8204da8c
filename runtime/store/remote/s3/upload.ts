import * as fs from "node:fs"
import { Effect } from "effect"
import type { Remote } from "../objects/failure.ts"
import type { ByteRange, ObjectFacts, ObjectStore, Written } from "../objects/object-store.ts"
import { etagOf, unquoted } from "./answer.ts"
import type { Bucket } from "./ask.ts"
import { elements, textIn } from "./xml.ts"

/** Bytes of a part of an upload. A file that is no longer is sent at once. */
const partBytes = 1 << 24

/** S3 takes ten thousand parts of an upload. */
const mostParts = 9_000

/** Parts that are sent at a time. */
const partConcurrency = 4

/** Bytes above which it is worth a question whether they are there already. */
const askFirstBytes = 1 << 20

type Headers = Readonly<Record<string, string>>

const exists: Written = { state: "exists", etag: "" }

/** Uploads of files, in parts where they are long. Parts that an interrupted upload sent stay. */
export const uploads = (
  { keyOf, ask }: Bucket,
  head: (name: string) => Remote<ObjectFacts | null>,
): Pick<ObjectStore, "upload" | "removeUnfinished"> => {
  const sendWhole = (key: string, file: string, bytes: number, headers: Headers): Remote<Written> =>
    Effect.map(ask({ method: "PUT", key, body: { file, start: 0, end: bytes }, headers }, { accepted: [412] }), ({ answer }) =>
      answer.statusCode === 412 ? exists : { state: "written", etag: etagOf(answer) },
    )

  const sendPart = (key: string, id: string, file: string, number: number, range: ByteRange) =>
    Effect.map(
      ask({ method: "PUT", key, query: { partNumber: String(number), uploadId: id }, body: { file, ...range } }, { accepted: [404] }),
      ({ answer }) => (answer.statusCode === 404 ? null : { number, etag: etagOf(answer), bytes: range.end - range.start }),
    )

  /** Null where another process has ended the upload in the meantime. */
  const sendParts = Effect.fnUntraced(function* (key: string, id: string, file: string, bytes: number, condition: Headers) {
    const there = yield* partsOf(key, id)
    if (there === null) return null
    const sent = yield* Effect.forEach(
      rangesOf(bytes),
      (range, index) => {
        const known = there.get(index + 1)
        return known?.bytes === range.end - range.start ? Effect.succeed(known) : sendPart(key, id, file, index + 1, range)
      },
      { concurrency: partConcurrency },
    )
    if (sent.includes(null)) return null
    const parts = sent.map((part) => `<Part><PartNumber>${part?.number}</PartNumber><ETag>&quot;${part?.etag}&quot;</ETag></Part>`)
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`)
    const { answer } = yield* ask(
      { method: "POST", key, query: { uploadId: id }, body, headers: { ...condition, "content-type": "application/xml" } },
      { accepted: [404, 412] },
    )
    if (answer.statusCode === 412) yield* abort(key, id)
    return answer.statusCode === 404 ? null : answer.statusCode === 412 ? exists : ({ state: "written", etag: etagOf(answer) } as const)
  })

  interface Part {
    readonly number: number
    readonly etag: string
    readonly bytes: number
  }

  /** The parts that an upload has, by number; null where it has ended. */
  const partsOf = Effect.fnUntraced(function* (key: string, id: string) {
    const parts = new Map<number, Part>()
    for (let marker = "0"; marker !== ""; ) {
      const query = { uploadId: id, "part-number-marker": marker }
      const { answer, body } = yield* ask({ method: "GET", key, query }, { accepted: [404] })
      if (answer.statusCode === 404) return null
      const xml = body.toString()
      for (const part of elements(xml, "Part")) {
        const number = Number(textIn(part, "PartNumber"))
        parts.set(number, { number, etag: unquoted(textIn(part, "ETag")), bytes: Number(textIn(part, "Size")) })
      }
      marker = textIn(xml, "IsTruncated") === "true" ? textIn(xml, "NextPartNumberMarker") : ""
    }
    return parts
  })

  /** The uploads under names that begin so which have not ended. */
  const unfinished = Effect.fnUntraced(function* (prefix: string) {
    const found: Array<{ readonly key: string; readonly id: string; readonly begun: number }> = []
    for (let marker: Readonly<Record<string, string>> | null = {}; marker !== null; ) {
      const xml: string = (yield* ask({ method: "GET", key: "", query: { uploads: "", prefix, ...marker } })).body.toString()
      for (const upload of elements(xml, "Upload"))
        found.push({ key: textIn(upload, "Key"), id: textIn(upload, "UploadId"), begun: Date.parse(textIn(upload, "Initiated")) })
      marker =
        textIn(xml, "IsTruncated") === "true"
          ? { "key-marker": textIn(xml, "NextKeyMarker"), "upload-id-marker": textIn(xml, "NextUploadIdMarker") }
          : null
    }
    return found
  })

  const begin = (key: string) =>
    Effect.map(ask({ method: "POST", key, query: { uploads: "" } }), ({ body }) => textIn(body.toString(), "UploadId"))

  const abort = (key: string, id: string) => ask({ method: "DELETE", key, query: { uploadId: id } }, { accepted: [404] })

  const upload: ObjectStore["upload"] = Effect.fnUntraced(function* (name, file, { ifAbsent }) {
    const { size } = fs.statSync(file)
    const key = keyOf(name)
    const condition: Headers = ifAbsent ? { "if-none-match": "*" } : {}
    if (ifAbsent && size > askFirstBytes && (yield* head(name)) !== null) return exists
    if (size <= partBytes) return yield* sendWhole(key, file, size, condition)
    for (;;) {
      const before = ifAbsent ? (yield* unfinished(key)).find((upload) => upload.key === key)?.id : undefined
      const written = yield* sendParts(key, before ?? (yield* begin(key)), file, size, condition)
      if (written !== null) return written
      // Two processes may send the same file: the upload that both continued has been ended.
      if (ifAbsent && (yield* head(name)) !== null) return exists
    }
  })

  return {
    upload,
    removeUnfinished: (before) =>
      Effect.gen(function* () {
        for (const { key, id, begun } of yield* unfinished(keyOf(""))) if (begun < before) yield* abort(key, id)
      }),
  }
}

/** The parts of a file of so many bytes: always the same, so that an upload can be continued. */
const rangesOf = (bytes: number): ReadonlyArray<ByteRange> => {
  const length = Math.max(partBytes, Math.ceil(bytes / mostParts / partBytes) * partBytes)
  return Array.from({ length: Math.ceil(bytes / length) }, (_, index) => ({
    start: index * length,
    end: Math.min((index + 1) * length, bytes),
  }))
}
