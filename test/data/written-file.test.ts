import { setTimeout } from "node:timers/promises"
import { expect, test } from "vitest"
import { writePieces } from "../../data/written-file.ts"
import { tablesFolder } from "./tables.ts"

const { at } = tablesFolder()

test.each([
  ["in a folder that is absent", () => at("absent/file")],
  ["on a full disk", () => "/dev/full"],
])("a file %s is named, and afterwards no piece is being made, so that its source can be closed", async (_, file) => {
  let making = 0
  async function* pieces() {
    for (;;) {
      making += 1
      await setTimeout(5)
      making -= 1
      yield "x".repeat(2 ** 16)
    }
  }
  await expect(writePieces(file(), pieces())).rejects.toMatchObject({ _tag: "DataFileError", file: file() })
  expect(making).toBe(0)
})

test("what the pieces throw is thrown", async () => {
  const pieces = async function* () {
    yield "a"
    throw new RangeError("no more")
  }
  await expect(writePieces(at("cut"), pieces())).rejects.toThrow(new RangeError("no more"))
})
