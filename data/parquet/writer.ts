import { open } from "node:fs/promises"
import type { Columns, Row } from "../../dsl/column.ts"
import { ColumnError, DataFileError } from "../error.ts"
import { arrowSchema } from "./arrow.ts"
import { encodeFile } from "./codec.ts"
import { CellError, type ColumnBuilder, columnBuilder, type LooseRow } from "./column-builder.ts"
import { tableDigest } from "./digest.ts"
import { fields as fieldsOf } from "./field.ts"
import { type Footer, fileEnd, fileStart, footerLength, frame, moveRowGroup, type RowGroup, readFooter } from "./footer.ts"
import { IllFormedString } from "./strings.ts"

/**
 * A row group ends at this many rows, or where a slice of rows takes it over this many bytes: what
 * a reader holds at once.
 */
const groupRows = 65_536
const groupBytes = 32 * 2 ** 20

/** Rows between two looks at the bytes collected. */
const slice = 1024

/**
 * Rows whose cells are taken column by column: few enough that the nearest cache still has a row
 * when the next column asks for it.
 */
const near = 16

export interface TableWriter<C extends Columns> {
  /**
   * Adds rows at the end. Wait for it before changing their lists. Rejects with a ColumnError for a
   * cell that its column cannot hold, with a DataFileError if the disk refuses; the table is then
   * lost.
   */
  readonly append: (rows: ReadonlyArray<Row<C>>) => Promise<void>
  /**
   * Finishes the file and says what it holds: rows, bytes, and the logical digest (64 hex digits),
   * which depends on columns and cells alone.
   */
  readonly close: () => Promise<{ readonly rows: number; readonly bytes: number; readonly digest: string }>
  /** Gives up: the file is closed as it is, unfinished. Nothing happens if it is closed already. */
  readonly abort: () => Promise<void>
}

/** Where the bytes of a table go, one piece after the other. */
export interface TableSink {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Opens a Parquet file (zstd) for a table of these columns; an existing file is replaced. Memory is
 * bounded by a row group, whatever the length of the table, and the file's bytes do not depend on
 * how the rows are split into calls of `append`.
 */
export const openTableWriter = async <const C extends Columns>(path: string, columns: C): Promise<TableWriter<C>> => {
  const handle = await diskSays(path, () => open(path, "w"))
  return tableWriter(path, columns, {
    write: (bytes) => diskSays(path, () => handle.writeFile(bytes)),
    close: () => diskSays(path, () => handle.close()),
  })
}

/** The same for bytes that go elsewhere; `path` names the table in errors. */
export const tableWriter = async <const C extends Columns>(path: string, columns: C, sink: TableSink): Promise<TableWriter<C>> => {
  const fields = fieldsOf(columns)
  const schema = arrowSchema(fields)
  const builders = fields.map(columnBuilder)
  const digest = tableDigest(fields)
  const groups: Array<RowGroup> = []
  const empty = encodeFile(schema, fields, [])
  let alive = true
  let tail: Promise<unknown> = Promise.resolve()
  let rows = 0
  let pending = 0
  let bytes = 0

  const write = async (content: Uint8Array): Promise<void> => {
    await sink.write(content)
    bytes += content.length
  }
  const flush = async (): Promise<void> => {
    const chunks = naming(path, rows - pending, () => builders.map((builder) => builder.take()))
    pending = 0
    digest.update(chunks)
    const file = encodeFile(schema, fields, chunks)
    const [group] = footerOf(file).rowGroups as [RowGroup]
    groups.push(moveRowGroup(group, bytes, groups.length))
    for (const { start, end } of group.chunks) await write(file.subarray(start, end))
  }
  const close = async () => {
    if (pending > 0) await flush()
    await write(fileEnd(footerOf(empty), groups))
    await sink.close()
    return { rows, bytes, digest: digest.digest() }
  }
  /** Runs one step of the writer's life after those before it; a step that fails is its last. */
  const step = <A>(last: boolean, run: () => Promise<A>): Promise<A> => {
    const result = tail.then(async () => {
      if (!alive) throw new DataFileError(path, "the table is closed, or was lost to an earlier error")
      alive = !last
      try {
        return await run()
      } catch (error) {
        alive = false
        await sink.close().catch(() => undefined)
        throw error
      }
    })
    tail = result.catch(() => undefined)
    return result
  }

  await write(fileStart())
  return {
    append: (added) =>
      step(false, async () => {
        for (let start = 0; start < added.length; ) {
          const end = Math.min(added.length, start + slice - (pending % slice))
          naming(path, rows - pending, () => fill(path, builders, added, start, end, rows))
          rows += end - start
          pending += end - start
          start = end
          const collected = builders.reduce((sum, builder) => sum + builder.bytes(), 0)
          if (pending === groupRows || (pending % slice === 0 && collected >= groupBytes)) await flush()
        }
      }),
    close: () => step(true, close),
    abort: async () => {
      await tail
      if (alive) await sink.close()
      alive = false
    },
  }
}

const fill = (
  path: string,
  builders: ReadonlyArray<ColumnBuilder>,
  rows: ReadonlyArray<LooseRow>,
  start: number,
  end: number,
  before: number,
) => {
  try {
    for (let first = start; first < end; first += near)
      for (const builder of builders) builder.append(rows, first, Math.min(first + near, end))
  } catch (error) {
    if (error instanceof CellError) throw new ColumnError(path, error.field.name, error.message, before - start + error.index)
    throw error
  }
}

/**
 * What `act` returns; text that is none is an error with its row, of which `before` are in earlier
 * row groups.
 */
const naming = <A>(path: string, before: number, act: () => A): A => {
  try {
    return act()
  } catch (error) {
    if (error instanceof IllFormedString) throw new ColumnError(path, error.column, error.message, before + error.index)
    throw error
  }
}

const footerOf = (file: Uint8Array): Footer => {
  const length = footerLength(file.subarray(-frame.end), file.length)
  return readFooter(file.subarray(-frame.end - length, -frame.end), file.length)
}

const diskSays = async <A>(path: string, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    throw new DataFileError(path, `cannot be written: ${(error as Error).message}`, error)
  }
}
