import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import protobuf from "protobufjs/light.js"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openTableWriter } from "../../data/parquet/index.ts"
import { type MetricRow, metrics } from "../../data/schema/index.ts"
import { crc32c } from "../../data/tensorboard/crc32c.ts"
import { exportEvents, startRecord } from "../../data/tensorboard/index.ts"

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-events-"))
  file = join(folder, "events.out.tfevents.1.metrics")
})
afterAll(() => rm(folder, { recursive: true }))

test("CRC-32C of the vectors of RFC 3720", () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(0))).toBe(0)
})

interface Decoded {
  readonly wallTime: number
  readonly step: number
  readonly version: string | undefined
  readonly values: ReadonlyArray<readonly [tag: string, value: number]>
}

/** The payloads of a file of records, whose checksums must be right. */
const payloadsOf = (bytes: Buffer): ReadonlyArray<Buffer> => {
  const payloads: Array<Buffer> = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const payload = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)))
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(payload))
    payloads.push(payload)
    at += 16 + length
  }
  return payloads
}

/** As TensorFlow's `crc32c.h` has it: rotated right by 15 bits, plus a constant. */
const masked = (bytes: Uint8Array): number => {
  const crc = BigInt(crc32c(bytes))
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

/** An Event, field by field, by the numbers of `event.proto` and `summary.proto`. */
const decode = (payload: Buffer): Decoded => {
  const decoded = {
    wallTime: Number.NaN,
    step: 0,
    version: undefined as string | undefined,
    values: [] as Array<readonly [string, number]>,
  }
  const reader = protobuf.Reader.create(payload)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (tag === ((1 << 3) | 1)) decoded.wallTime = reader.double()
    else if (tag === ((2 << 3) | 0)) decoded.step = Number(reader.int64())
    else if (tag === ((3 << 3) | 2)) decoded.version = reader.string()
    else if (tag === ((5 << 3) | 2)) {
      for (const end = reader.uint32() + reader.pos; reader.pos < end; ) {
        expect(reader.uint32()).toBe((1 << 3) | 2)
        const value: { tag: string | undefined; scalar: number | undefined } = { tag: undefined, scalar: undefined }
        for (const last = reader.uint32() + reader.pos; reader.pos < last; ) {
          if (reader.uint32() >>> 3 === 1) value.tag = reader.string()
          else value.scalar = reader.float()
        }
        // A value without a scalar, such as a zero that was left out, would not be shown.
        expect(value).toEqual({ tag: expect.any(String), scalar: expect.any(Number) })
        decoded.values.push([value.tag as string, value.scalar as number])
      }
    } else throw new Error(`unexpected tag ${tag}`)
  }
  return decoded
}

const write = async (rows: ReadonlyArray<MetricRow>): Promise<string> => {
  const table = join(folder, "metrics.parquet")
  const writer = await openTableWriter(table, metrics)
  await writer.append(rows)
  await writer.close()
  return table
}

test("a table of metrics becomes a version and an event per step, all of one time, zeros and NaN included", async () => {
  const table = await write([
    { step: 0, name: "loss", value: 0.5 },
    { step: 0, name: "margin", value: 0 },
    { step: 10, name: "loss", value: Number.NaN },
    { step: 2 ** 31 - 1, name: "loss", value: 0.1 },
  ])
  await exportEvents(table, file, 1795931029.218)
  const wallTime = 1795931029.218
  expect(payloadsOf(await readFile(file)).map(decode)).toEqual([
    { wallTime, step: 0, version: "brain.Event:2", values: [] },
    {
      wallTime,
      step: 0,
      version: undefined,
      values: [
        ["loss", 0.5],
        ["margin", 0],
      ],
    },
    { wallTime, step: 10, version: undefined, values: [["loss", Number.NaN]] },
    { wallTime, step: 2 ** 31 - 1, version: undefined, values: [["loss", Math.fround(0.1)]] },
  ])
})

test("every value of a table is in the events, in order, and equal tables give equal bytes", async () => {
  const row = fc.record({ step: fc.nat(3), name: fc.constantFrom("a", "b", "__proto__ ", "constructor"), value: fc.float() })
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (rows) => {
      await exportEvents(await write(rows), file, 1)
      const bytes = await readFile(file)
      const scalars = payloadsOf(bytes)
        .slice(1)
        .map(decode)
        .flatMap(({ step, values }) => values.map(([name, value]) => ({ step, name, value })))
      expect(scalars).toEqual(rows)
      await exportEvents(await write(rows), file, 1)
      expect(await readFile(file)).toEqual(bytes)
    }),
    { numRuns: 15 },
  )
})

test("a start is a session log, whose number is 7, of the status START", () => {
  const [payload] = payloadsOf(Buffer.from(startRecord(1, 5)))
  expect(payload?.toString("hex")).toBe("09000000000000f03f10053a020801")
})
