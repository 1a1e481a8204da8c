import { match } from "ts-pattern"
import { type ByteSource, piecesOf } from "../byte-source.ts"
import { readArrowRows } from "./container/arrow.ts"
import { readCsv } from "./container/csv.ts"
import { decompressed } from "./container/gzip.ts"
import { readJsonDocument } from "./container/json-document.ts"
import { readJsonLines } from "./container/json-lines.ts"
import { binaryKind, headBytes, textKind } from "./container/kind.ts"
import { readParquetRows } from "./container/parquet.ts"
import { peekLine } from "./container/peek-line.ts"
import { readPlainText, textColumn } from "./container/plain-text.ts"
import type { ForeignRecord } from "./record.ts"

/** Files whose records follow each other: the shards of one data set. */
export interface Shards {
  /** What errors call all of them. */
  readonly name: string
  readonly shards: ReadonlyArray<ByteSource>
}

/** A file of records, or several. */
export type RecordSource = ByteSource | Shards

/** What readers of records tell of the columns that there are. */
export type See = (present: ReadonlyArray<string>, ofAll: boolean) => void

/**
 * The records of a file in whichever container it comes: Parquet, Arrow (as a file or a stream),
 * JSON Lines, JSON (a list of objects, or objects), CSV, TSV, plain text; text also in gzip. Its
 * content says which it is, and the extension whether text is CSV or plain. Of Parquet and Arrow
 * only `columns` are read; `see` is told which columns there are: once, of all records (`ofAll`),
 * or of JSON for each record. Fails with a DataFileError, a ColumnError or a LineError.
 */
export async function* readRecords(
  source: RecordSource,
  columns: ReadonlyArray<string>,
  see: See = () => undefined,
): AsyncGenerator<ForeignRecord, void, undefined> {
  if ("shards" in source) for (const shard of source.shards) yield* readRecords(shard, columns, see)
  else {
    const head = await source.read(0, Math.min(headBytes, source.size))
    const kind = binaryKind(source.name, head)
    yield* match(kind)
      .with("parquet", () => readParquetRows(source, columns, see))
      .with("arrow file", () => readArrowRows(source, "file", columns, see))
      .with("arrow stream", () => readArrowRows(source, "stream", columns, see))
      .with("gzip", () => readText(source.name, decompressed(source.name, piecesOf(source)), see))
      .with(undefined, () => readText(source.name, piecesOf(source), see))
      .exhaustive()
  }
}

async function* readText(file: string, bytes: AsyncIterable<Uint8Array>, see: See): AsyncGenerator<ForeignRecord, void, undefined> {
  const { first, goesOn, all } = await peekLine(bytes)
  const found = textKind(file, first, goesOn)
  yield* match(found)
    .with({ kind: "json lines" }, () => seeing(see, readJsonLines(file, all)))
    .with({ kind: "json list" }, () => seeing(see, readJsonDocument(file, all, true)))
    .with({ kind: "json objects" }, () => seeing(see, readJsonDocument(file, all, false)))
    .with({ kind: "csv" }, ({ delimiter }) => readCsv(file, all, delimiter, see))
    .with({ kind: "plain text" }, () => {
      see([textColumn], true)
      return readPlainText(file, all)
    })
    .with({ kind: "nothing" }, () => [])
    .exhaustive()
}

/** Tells of each record which fields it has. */
async function* seeing(see: See, records: AsyncIterable<ForeignRecord>): AsyncGenerator<ForeignRecord, void, undefined> {
  for await (const record of records) {
    see(Object.keys(record.fields), false)
    yield record
  }
}
