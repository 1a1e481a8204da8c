import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readRecords } from "../../../data/interchange/records.ts"
import { readAll, sourceOf } from "./source.ts"

const recordsOf = async (name: string, content: string | Uint8Array) => (await readAll(name, content)).records

const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 })

describe("JSON", () => {
  test("has the same records as lines, as a list, pretty or not, as objects behind each other, and in `data`, whatever the name", async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom("x", "x.json", "x.jsonl"), async (values, name) => {
        const expected = JSON.parse(JSON.stringify(values))
        const forms = [
          values.map((value) => `${JSON.stringify(value)}\r\n`).join("\n"),
          JSON.stringify(values),
          `\ufeff\n ${JSON.stringify(values, null, 2)}\n`,
          JSON.stringify({ version: "1", data: values }),
          JSON.stringify({ data: values }, null, 2),
        ]
        for (const content of forms) {
          expect(await recordsOf(name, content)).toEqual(expected)
          expect(await recordsOf(name, gzipSync(content))).toEqual(expected)
        }
      }),
      { numRuns: 20 },
    )
    const two = [
      { a: 1, data: [{ b: 1 }] },
      { a: 2, data: [{ b: 2 }] },
    ]
    expect(await recordsOf("x", two.map((value) => JSON.stringify(value, null, 2)).join("\n"))).toEqual(two)
    const one = { a: { c: 1 }, data: [{ b: 1 }] }
    expect(await recordsOf("x", JSON.stringify(one, null, 2))).toEqual([one])
  })

  test("of a list is read a piece at a time, and one object that is too large is refused", async () => {
    const record = JSON.stringify({ text: "x".repeat(1000) })
    const whole = sourceOf("x.json", `[${`${record},\n`.repeat(8000)}${record}]`)
    let read = 0
    const counted = {
      ...whole,
      read: (start: number, end: number) => {
        read += end - start
        return whole.read(start, end)
      },
    }
    let count = 0
    // What has been read ahead of the records is a few pieces of 1 MiB.
    for await (const _ of readRecords(counted, [])) expect(read - count++ * (record.length + 2)).toBeLessThan(3 * 2 ** 20)
    expect(count).toBe(8001)
    const large = `{\n"data": [${`"${"x".repeat(2 ** 20)}",\n`.repeat(17)}`
    await expect(recordsOf("x.json", large)).rejects.toThrow(/x\.json: has a JSON value of more than 16777216 characters .*jq -c/)
  })

  test.each<[string, string, RegExp]>([
    ["a list that ends early", '[{"a": 1},\n{"a"', /bad: is not JSON \(line 2\)/],
    ["a list with a stray comma", '[{"a": 1},\n{"a": 1,}]', /bad: is not JSON \(line 2\): .*RIGHT_BRACE/],
    ["something behind a list", '[{"a": 1}]\n[]', /bad: is not JSON/],
    ["a list of texts", '["a"]', /bad: row 0: is "a"; expected an object/],
    ["a line that is not an object", '{"a": 1}\n3', /bad:2: is not a JSON object/],
    ["a line cut in the middle", '{"a": 1}\n{"a', /bad:2: is not JSON/],
    ["one line cut in the middle", '{"a": 1', /bad:1: is not JSON/],
    [
      "no JSON",
      "Hello there",
      /bad: begins with "Hello there", which is neither JSON, Parquet nor Arrow\. If it is CSV or plain text, let its/,
    ],
  ])("with %s is refused", async (_, content, message) => {
    await expect(recordsOf("bad", content)).rejects.toThrow(message)
  })
})

describe("CSV", () => {
  const quoted = (cell: string | null): string => (cell === null ? "" : `"${cell.replaceAll('"', '""')}"`)

  test("gives back every text that a cell can hold, and null where it is empty and not quoted", async () => {
    const cell = fc.option(fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r", "é", "😀", " ") }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }).map((rows) => rows.map(([a, b]) => [a ?? "", b] as const)),
        fc.constantFrom(["csv", ","], ["CSV", ";"], ["tsv", "\t"]),
        fc.constantFrom("\n", "\r\n"),
        async (rows, [extension, delimiter], end) => {
          const lines = [`one${delimiter}"two"`, ...rows.map((cells) => cells.map(quoted).join(delimiter))]
          const expected = rows.map(([one, two]) => ({ one, two }))
          expect(await recordsOf(`x.${extension}`, `\ufeff${lines.join(end)}${end}`)).toEqual(expected)
          expect(await recordsOf(`x.${extension}.gz`, gzipSync(lines.join(end)))).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  test("has cells of text, a list of JSON too, and says its header once", async () => {
    const { records, seen } = await readAll("x.csv", 'id,messages\n1,"[{""role"": ""user""}]"\n\n2,x\n')
    expect(records).toEqual([
      { id: "1", messages: '[{"role": "user"}]' },
      { id: "2", messages: "x" },
    ])
    expect(seen).toEqual([[["id", "messages"], true]])
  })

  test.each<[string, string | Uint8Array, RegExp]>([
    ["a row too short", "a,b\n1,2\n3\n", /bad\.csv:3: ends a row of 1 cells; the header has 2: a, b/],
    ["a row too long", "a,b\n1,2,3\n", /bad\.csv:2: ends a row of 3 cells/],
    ["a quote that does not close", 'a,b\n1,"2\n3,4\n', /bad\.csv:\d: is not CSV as RFC 4180 has it: Quote Not Closed/],
    ["a quote within a cell", 'a,b\n1,5" pipe\n', /bad\.csv:2: is not CSV as RFC 4180 has it: Invalid Opening Quote/],
    ["a column twice", "a,a\n1,2\n", /bad\.csv: has two columns called "a"/],
    ["broken UTF-8", Uint8Array.of(0x61, 0x0a, 0xc3, 0x28), /bad\.csv: is not UTF-8/],
  ])("with %s is refused", async (_, content, message) => {
    await expect(recordsOf("bad.csv", content)).rejects.toThrow(message)
  })
})

test("plain text has a record a line, without what ends it", async () => {
  expect(await readAll("x.txt", "\ufeff[INST] one\r\n\r\n two \nthree")).toEqual({
    records: ["[INST] one", "", " two ", "three"].map((text) => ({ text })),
    seen: [[["text"], true]],
  })
})

test("a file of JSON Lines is that whatever its extension, and an empty file has no record", async () => {
  for (const name of ["x", "x.txt", "x.csv"]) {
    expect(await recordsOf(name, '{"a": 1}\n{"a": 2}')).toEqual([{ a: 1 }, { a: 2 }])
    expect(await recordsOf(name, " \n\n")).toEqual([])
    expect(await recordsOf(name, "")).toEqual([])
  }
})

test("a file of a kind that cannot be read is refused by the name of its kind", async () => {
  const kinds: ReadonlyArray<readonly [Uint8Array, RegExp]> = [
    [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0), /x\.jsonl: is compressed by zstd\. Decompress it/],
    [Buffer.from("PK\x03\x04…"), /is a zip archive/],
    [Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"), /is a pointer of Git LFS.*git lfs pull/],
    [Buffer.from("\ufeffa,b", "utf16le"), /is UTF-16\. Save it as UTF-8/],
    [Buffer.from("FEA1…"), /is Feather of the first version/],
  ]
  for (const [bytes, message] of kinds) await expect(recordsOf("x.jsonl", bytes)).rejects.toThrow(message)
})
