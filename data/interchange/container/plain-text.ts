import type { ForeignRecord } from "../record.ts"
import { readLines } from "./lines.ts"

/** The one column of plain text. */
export const textColumn = "text"

/** Reads plain text, a record a line, blank ones included. Fails as `readLines` does. */
export async function* readPlainText(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ForeignRecord, void, undefined> {
  for await (const { text, fault } of readLines(file, bytes)) yield { fields: { [textColumn]: text }, fault }
}
