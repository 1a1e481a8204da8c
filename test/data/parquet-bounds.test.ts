import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { ByteSource } from "../../data/byte-source.ts"
import { readParquetRows } from "../../data/interchange/container/parquet.ts"
import { openFile } from "../../data/open-file.ts"
import { readBatches } from "../../data/parquet/index.ts"
import { loadFooter, narrowed, readGroup } from "../../data/parquet/row-groups.ts"

/*
 * The files were made with pyarrow 25 (zstd, no statistics, one row group), and are a few kilobytes
 * each:
 * - dictionary-bomb: a million rows of one text of 100,000 letters, 100 GB; the footer claims 100
 *   kB;
 * - page-bomb: one row of one text of 400 MB;
 * - list-bomb: one row with a list of 150 million zeros, in 777 bytes.
 */
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", `${name}.parquet`)

/** The bytes of a file in memory. */
const sourceOf = (bytes: Uint8Array): ByteSource => ({
  name: "given",
  size: bytes.length,
  read: async (start, end) => bytes.subarray(start, end),
})

const drain = async (source: ByteSource, columns: ReadonlyArray<string>): Promise<number> => {
  let rows = 0
  for await (const _ of readParquetRows(source, columns)) rows++
  return rows
}

describe("a small file that expands without bound", () => {
  test("through its dictionary is decoded a few rows at a time", async () => {
    const source = await openFile(fixture("dictionary-bomb"))
    try {
      const footer = await narrowed(source, await loadFooter(source), ["chosen"])
      for await (const table of readGroup(source, footer, footer.rowGroups[0]!)) {
        expect(table.numRows).toBeGreaterThan(300)
        expect(table.numRows).toBeLessThan(700)
        break
      }
    } finally {
      await source.close()
    }
  })

  test("in one page is refused before it is decoded, and the column named", async () => {
    const start = performance.now()
    const source = sourceOf(await readFile(fixture("page-bomb")))
    await expect(drain(source, ["prompt", "chosen"])).rejects.toMatchObject({
      _tag: "ColumnError",
      column: "chosen",
      message: expect.stringMatching(/has a page of \d+ bytes that expands to 400000\d+; a page may have 268435456/),
    })
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test("in a page whose header lies is refused all the same: the blocks of its compression tell", async () => {
    const bytes = Uint8Array.from(await readFile(fixture("page-bomb")))
    // 400,000,010, the uncompressed size of the text with its length and levels, as a zigzag
    // varint.
    const at = Buffer.from(bytes).indexOf(Uint8Array.of(0x94, 0x90, 0xbc, 0xfd, 0x02))
    expect(at).toBeGreaterThan(0)
    // A small number of as many bytes.
    bytes.set([0x88, 0x80, 0x80, 0x80, 0x00], at)
    await expect(drain(sourceOf(bytes), ["chosen"])).rejects.toThrow(/has a page of \d+ bytes that expands to 40\d{7}; a page may have/)
  })

  test("through a list without end is refused, as a table and as an import", async () => {
    const wanted = /has 150000000 values of a column in one row group; 134217728 are allowed/
    await expect(drain(sourceOf(await readFile(fixture("list-bomb"))), ["chosen_token_ids"])).rejects.toThrow(wanted)
    const table = readBatches(fixture("list-bomb"), { chosen_token_ids: "list<int32>" })
    await expect(table.next()).rejects.toMatchObject({ _tag: "DataFileError", message: expect.stringMatching(wanted) })
  })
})
