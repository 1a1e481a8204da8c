import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { files } from "../../../../dsl/index.ts"
import { openFiles } from "../../../../runtime/execute/task/files-output.ts"

const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-files-output-"))
afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

let opened = 0
const open = () => openFiles(path.join(root, String(opened++)), "out", files("out"), async () => {})

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

describe("a file that is written in pieces", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 1), bytes.subarray(1, 999), bytes.subarray(999)]

  test("is the file that is written at once: the same bytes, digest and artifact", async () => {
    const [whole, listed, streamed] = [open(), open(), open()]
    await whole.sink.write("a/b.bin", bytes)
    await listed.sink.write("a/b.bin", pieces)
    await streamed.sink.write(
      "a/b.bin",
      (async function* () {
        yield* pieces
      })(),
    )
    const written = await Promise.all([whole, listed, streamed].map(({ close }) => close()))
    for (const { digest, bytes: size, files: [file] = [] } of written) {
      expect(digest).toBe(written[0]?.digest)
      expect(size).toBe(1000)
      expect(file).toMatchObject({ name: "a/b.bin", object: sha256(bytes), bytes: 1000 })
      expect(new Uint8Array(fs.readFileSync(file?.path ?? ""))).toEqual(bytes)
    }
  })

  test("asks for a piece when the one before it is written, so that its memory may be used again", async () => {
    const output = open()
    const piece = new Uint8Array(1 << 16)
    await output.sink.write(
      "a",
      (function* () {
        for (let value = 1; value <= 3; value++) yield piece.fill(value)
      })(),
    )
    const { files: [file] = [] } = await output.close()
    const content = fs.readFileSync(file?.path ?? "")
    expect([0, 1, 2].map((index) => content[index * piece.length])).toEqual([1, 2, 3])
    expect(file?.object).toBe(sha256(content))
  })

  test("rejects with what the pieces throw, and with what is not bytes", async () => {
    const failing = (function* () {
      yield bytes
      throw new Error("the disk that they came from is gone")
    })()
    await expect(open().sink.write("a", failing)).rejects.toThrow("the disk that they came from is gone")
    await expect(open().sink.write("a", ["text"] as never)).rejects.toThrow("a file is written in pieces of bytes (Uint8Array), got string")
  })
})

test("two files that are written at once have places of their own, and one name is refused twice", async () => {
  const output = open()
  await Promise.all([output.sink.write("b", "second"), output.sink.write("a", "first")])
  await expect(output.sink.write("a", "again")).rejects.toThrow('output "out": "a" was written twice')
  const written = (await output.close()).files.map(({ name, path: file }) => [name, fs.readFileSync(file, "utf8")])
  expect(written).toEqual([
    ["a", "first"],
    ["b", "second"],
  ])
})

test("what a checkpoint kept is written once more, and is the same", async () => {
  const before = open()
  before.journal.begin()
  await before.sink.write("a", "first")
  const [cut] = await before.journal.cut()
  const after = open()
  after.journal.begin()
  await after.journal.restore(cut?.name ?? "", cut?.path ?? "")
  expect(await after.journal.cut()).toEqual([])
  expect((await after.close()).digest).toBe((await before.close()).digest)
})
