import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { readLines } from "../../../../runtime/observe/journal/lines.ts"

const newFile = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-lines-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, "lines")
}

const reading = (file: string) => {
  const lines = readLines(file)
  onTestFinished(lines.close)
  return lines.next
}

test("a file that is not there yet has no lines; then it has those that were appended, each once", () => {
  const file = newFile()
  const next = reading(file)
  expect(next()).toEqual([])
  fs.writeFileSync(file, "one\ntwo\n")
  expect(next()).toEqual(["one", "two"])
  expect(next()).toEqual([])
  fs.appendFileSync(file, "three\n")
  expect(next()).toEqual(["three"])
})

test("a line without its end is left until it has one, also where a character is cut", () => {
  const file = newFile()
  const bytes = Buffer.from("grün\nβ=0.1\n")
  const next = reading(file)
  const seen: Array<string> = []
  for (const byte of bytes) {
    fs.appendFileSync(file, Buffer.from([byte]))
    seen.push(...next())
  }
  expect(seen).toEqual(["grün", "β=0.1"])
  fs.appendFileSync(file, "half")
  expect(next()).toEqual([])
})

test("a line that is longer than what is read at a time is whole", () => {
  const file = newFile()
  const long = "x".repeat(2_500_000)
  fs.writeFileSync(file, `${long}\nshort\n`)
  const next = reading(file)
  expect([...next(), ...next(), ...next()]).toEqual([long, "short"])
})

test("of a file that is replaced, the rest of the old one comes first, then all of the new one", () => {
  const file = newFile()
  fs.writeFileSync(file, "one\ntwo\n")
  const next = reading(file)
  next()
  fs.appendFileSync(file, "three\n")
  fs.writeFileSync(`${file}.new`, "one\nthree\n")
  fs.renameSync(`${file}.new`, file)
  expect(next()).toEqual(["three"])
  expect(next()).toEqual(["one", "three"])
  expect(next()).toEqual([])
})
