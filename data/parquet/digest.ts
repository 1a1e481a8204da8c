import { createHash, type Hash } from "node:crypto"
import { bytesOf, type Chunk } from "./chunk.ts"
import type { Field } from "./field.ts"

/** The digest's own version: it enters the digest, and changes when what is hashed does. */
const format = "assay table 1"

/**
 * The logical digest of a table: SHA-256 over its columns' names and types and every cell, in
 * order. Row groups, compression, the encoder's version and how rows were appended do not enter,
 * because each column is hashed as streams that run through the whole table: which cells are
 * present (of a nullable column), how long each is (of text and lists), and the values end to end.
 */
export const tableDigest = (fields: ReadonlyArray<Field>) => {
  const streams = fields.map((field) => ({ field, validity: sha256(), lengths: sha256(), values: sha256() }))
  let rows = 0
  return {
    /** Adds rows: one chunk a field, all of one length. */
    update: (chunks: ReadonlyArray<Chunk>): void => {
      rows += chunks[0]?.length ?? 0
      for (const [index, { field, validity, lengths, values }] of streams.entries()) {
        const chunk = chunks[index] as Chunk
        if (field.nullable) validity.update(chunk.validity ?? new Uint8Array(chunk.length).fill(1))
        if (chunk.offsets !== undefined) lengths.update(bytesOf(differences(chunk.offsets)))
        values.update(bytesOf(chunk.values))
      }
    },
    /** 64 lower-case hex digits. To be called once. */
    digest: (): string => {
      const whole = sha256()
      whole.update(`${JSON.stringify([format, rows, fields.map(({ name, type, nullable }) => [name, type, nullable])])}\n`)
      for (const { validity, lengths, values } of streams) for (const stream of [validity, lengths, values]) whole.update(stream.digest())
      return whole.digest("hex")
    },
  }
}

const sha256 = (): Hash => createHash("sha256")

const differences = (offsets: Int32Array): Int32Array => {
  const lengths = new Int32Array(offsets.length - 1)
  for (let index = 0; index < lengths.length; index++) lengths[index] = (offsets[index + 1] as number) - (offsets[index] as number)
  return lengths
}
