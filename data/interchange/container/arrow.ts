import { type FileHandle, Message, RecordBatchReader, Table, tableToIPC } from "apache-arrow"
import type { ByteSource } from "../../byte-source.ts"
import { DataFileError } from "../../error.ts"
import type { ForeignRecord } from "../record.ts"
import { checkTypes, rowsOf } from "./cells.ts"
import { contradiction } from "./check-arrow.ts"

/** Bytes that a message may have: it is held in memory. */
const largestMessage = 2 ** 30

const magic = new TextEncoder().encode("ARROW1")
/** The magic of a file, padded; what follows is a stream. */
const fileStart = 8
/** In front of a message, before its length. */
const continuation = 0xffff_ffff

const beginsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, index) => bytes[index] === byte)

/** Whether these first bytes are of Arrow's IPC format, and which of the two. */
export const arrowKind = (head: Uint8Array): "file" | "stream" | undefined => {
  if (beginsWith(head, magic)) return "file"
  if (head.length < 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset)
  return view.getUint32(0, true) === continuation && view.getInt32(4, true) > 0 ? "stream" : undefined
}

/**
 * Reads Arrow's IPC format, as a file or as the stream that `save_to_disk` writes, a record batch
 * at a time: of the columns asked for those that it has; `see` is told all that it has. Rows count
 * from 0. Fails with a DataFileError if it is truncated, damaged, compressed, or has a batch of
 * more than 1 GiB, with a ColumnError for a column of a type that has no plain value.
 */
export async function* readArrowRows(
  source: ByteSource,
  kind: "file" | "stream",
  columns: ReadonlyArray<string>,
  see: (present: ReadonlyArray<string>, ofAll: true) => void,
): AsyncGenerator<ForeignRecord, void, undefined> {
  if (kind === "file") await checkEnd(source)
  const wanted = new Set(columns)
  const reader = await understood(source, async () =>
    (await RecordBatchReader.from(messagesOf(source, kind === "file" ? fileStart : 0))).open({ autoDestroy: true }),
  )
  const { schema } = reader
  see(
    schema.fields.map(({ name }) => name),
    true,
  )
  if (!schema.fields.some(({ name }) => wanted.has(name)))
    throw new DataFileError(source.name, `has none of the columns ${columns.join(", ")}`)
  checkTypes(source.name, schema, wanted)
  let before = 0
  for (;;) {
    const next = await understood(source, () => reader.next())
    if (next.done) return
    const problem = contradiction(next.value, wanted)
    if (problem !== undefined) throw new DataFileError(source.name, `${problem}; it is damaged`)
    yield* rowsOf(source.name, next.value, before, wanted)
    before += next.value.numRows
  }
}

const understood = async <A>(source: ByteSource, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof DataFileError) throw error
    const { message } = error as Error
    const unknownType = /^Unrecognized type: "(\w+)"/.exec(message)?.[1]
    const reason =
      unknownType === undefined ? `is damaged: ${message}` : `has a column of Arrow's type ${unknownType}, which cannot be read`
    throw new DataFileError(source.name, reason, error)
  }
}

/** Behind the footer its length, and the magic. */
const fileEnd = 4 + magic.length

const checkEnd = async ({ name, size, read }: ByteSource): Promise<void> => {
  const end = size < fileStart + fileEnd ? magic.slice(1) : await read(size - fileEnd, size)
  if (!beginsWith(end.subarray(4), magic)) throw new DataFileError(name, "begins as an Arrow file and does not end as one; it is truncated")
  const length = new DataView(end.buffer, end.byteOffset).getInt32(0, true)
  if (length < 0 || length > size - fileStart - fileEnd) throw new DataFileError(name, `claims a footer of ${length} bytes; it is damaged`)
}

/**
 * The schema as a message, out of a file's footer: JavaScript's apache-arrow writes it nowhere
 * else.
 */
const schemaMessage = async ({ size, read }: ByteSource): Promise<Uint8Array> => {
  const handle = {
    fd: 0,
    stat: async () => ({ size }),
    read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      buffer.set(await read(position, position + length), offset)
      return { bytesRead: length, buffer }
    },
    close: async () => {},
  }
  const { schema } = await (await RecordBatchReader.from(handle as unknown as FileHandle)).open()
  const stream = tableToIPC(new Table(schema), "stream")
  return stream.subarray(0, 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true))
}

/**
 * The bytes of the stream from `start` on, a message at a time, each within the file and the limit.
 */
async function* messagesOf(source: ByteSource, start: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { name, size, read } = source
  const take = async (from: number, bytes: number): Promise<Uint8Array> => {
    if (bytes < 0 || bytes > size - from)
      throw new DataFileError(name, "ends in the middle of an Arrow message; it is truncated or damaged")
    if (bytes > largestMessage)
      throw new DataFileError(
        name,
        `has a record batch of ${bytes} bytes; at most ${largestMessage} are read. Write it in smaller batches.`,
      )
    return read(from, from + bytes)
  }
  for (let position = start; position < size; ) {
    const prefix = await take(position, 8)
    const view = new DataView(prefix.buffer, prefix.byteOffset)
    if (view.getUint32(0, true) !== continuation) throw new DataFileError(name, `has no Arrow message at byte ${position}; it is damaged`)
    const length = view.getInt32(4, true)
    if (length === 0) return
    const metadata = await take(position + 8, length)
    const message = Message.decode(metadata)
    if (position === start && start > 0 && !message.isSchema()) yield await schemaMessage(source)
    checkMessage(name, message)
    const body = await take(position + 8 + length, message.bodyLength)
    yield Buffer.concat([prefix, metadata, body])
    position += 8 + length + message.bodyLength
  }
}

const checkMessage = (name: string, message: Message): void => {
  const batch = message.isRecordBatch() ? message.header() : message.isDictionaryBatch() ? message.header().data : undefined
  if (batch === undefined) return
  const { length, nodes, compression } = batch
  if (compression != null)
    throw new DataFileError(name, "is Arrow with compressed buffers, which cannot be read. Write it uncompressed, or as Parquet.")
  // A row takes a bit at least of every column that is not null throughout.
  if (length > 8 * message.bodyLength && nodes.some(({ nullCount }) => nullCount < length))
    throw new DataFileError(name, `claims ${length} rows in a record batch of ${message.bodyLength} bytes; it is damaged`)
}
