import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { TensorError } from "../../data/error.ts"
import { type ByteSource, decodeSafetensors, encodeInPieces, encodeSafetensors, openSafetensors } from "../../data/safetensors/index.ts"

const tensor = fc
  .array(fc.nat(4), { maxLength: 3 })
  .chain((shape) => fc.float32Array({ minLength: product(shape), maxLength: product(shape) }).map((data) => ({ shape, data })))
const product = (shape: ReadonlyArray<number>) => shape.reduce((size, length) => size * length, 1)
const name = fc.string().filter((text) => text !== "__metadata__")

/** A file with this header text in front of these data. */
const file = (header: string, data = new Uint8Array(0), claimed = header.length) => {
  const length = new Uint8Array(new BigUint64Array([BigInt(claimed)]).buffer)
  return Uint8Array.from([...length, ...new TextEncoder().encode(header), ...data])
}

const source = (bytes: Uint8Array): ByteSource => ({ size: bytes.length, read: async (start, end) => bytes.slice(start, end) })

const collect = async <T>(items: AsyncIterable<T>): Promise<ReadonlyArray<T>> => {
  const all: Array<T> = []
  for await (const item of items) all.push(item)
  return all
}

describe("a safetensors file", () => {
  test("gives back every tensor bit for bit, and the metadata", () => {
    fc.assert(
      fc.property(fc.dictionary(name, tensor), fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        const back = decodeSafetensors(encodeSafetensors(tensors, metadata))
        expect({ ...back.tensors }).toEqual({ ...tensors })
        expect({ ...back.metadata }).toEqual({ ...metadata })
      }),
    )
  })

  test("has bytes that do not depend on the order in which tensors were given", () => {
    const a = { shape: [2], data: Float32Array.of(1, 2) }
    const b = { shape: [], data: Float32Array.of(3) }
    const forward = encodeSafetensors({ "h.0": a, wte: b }, { format: "pt", x: "y" })
    expect(encodeSafetensors({ wte: b, "h.0": a }, { x: "y", format: "pt" })).toEqual(forward)
  })

  test("is laid out as the reference implementation lays it out: sorted, its header filled with spaces to eight bytes", () => {
    const bytes = encodeSafetensors({ b: { shape: [1, 1], data: Float32Array.of(1) }, a: { shape: [0], data: new Float32Array(0) } })
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length))).toBe(
      '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}'.padEnd(length),
    )
    expect(Array.from(bytes.subarray(8 + length))).toEqual([0, 0, 0x80, 0x3f])
  })

  test("is read wherever its bytes lie in memory, also where the data are not aligned", () => {
    const bytes = file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ', Uint8Array.of(0, 0, 0x80, 0x3f))
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeSafetensors(shifted.subarray(3)).tensors).toEqual({ a: { shape: [1], data: Float32Array.of(1) } })
    expect(decodeSafetensors(Buffer.from(bytes)).tensors).toEqual({ a: { shape: [1], data: Float32Array.of(1) } })
  })
})

describe("a file that is read and written tensor by tensor", () => {
  test("has the bytes of one that is encoded at once", () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(name, tensor), fc.dictionary(fc.string(), fc.string()), async (tensors, metadata) => {
        const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))
        const pieces = await collect(encodeInPieces(shapes, async (name) => tensors[name]?.data as Float32Array, metadata))
        expect(new Uint8Array(Buffer.concat(pieces))).toEqual(encodeSafetensors(tensors, metadata))
      }),
    ))

  test("gives each tensor, of numbers of any type, as decoding all of them at once does", () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.record({ dtype: fc.constantFrom("F32", "F16", "BF16"), bytes: fc.uint8Array({ maxLength: 9 }) })),
        fc.nat(3),
        async (given, spaces) => {
          const data: Array<number> = []
          const entries = Object.entries(given).map(([name, { dtype, bytes }]) => {
            const size = dtype === "F32" ? 4 : 2
            const count = Math.floor(bytes.length / size)
            const begin = data.length
            data.push(...bytes.subarray(0, count * size))
            return [name, { dtype, shape: [count], data_offsets: [begin, data.length] }] as const
          })
          // Spaces behind the header put the data where they are not aligned.
          const bytes = file(JSON.stringify(Object.fromEntries(entries)).padEnd(spaces), Uint8Array.from(data))
          const whole = decodeSafetensors(bytes)
          const opened = await openSafetensors(source(bytes))
          expect(Object.keys(opened.shapes)).toEqual(Object.keys(whole.tensors))
          for (const [name, tensor] of Object.entries(whole.tensors)) {
            expect(opened.shapes[name]).toEqual(tensor.shape)
            expect(await opened.read(name)).toEqual(tensor.data)
          }
        },
      ),
    ))

  test("is read no further than its header and the tensors that are asked for", async () => {
    const bytes = encodeSafetensors({ a: { shape: [3], data: new Float32Array(3) }, b: { shape: [2], data: Float32Array.of(1, 2) } })
    const reads: Array<readonly [number, number]> = []
    const opened = await openSafetensors({
      ...source(bytes),
      read: async (start, end) => {
        reads.push([start, end])
        return bytes.slice(start, end)
      },
    })
    const header = bytes.length - 20
    expect(await opened.read("b")).toEqual(Float32Array.of(1, 2))
    expect(reads).toEqual([
      [0, 8],
      [8, header],
      [header + 12, header + 20],
    ])
  })

  test("reads 32-bit floats into memory of their own without a copy", async () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } })
    const own = new Uint8Array(8)
    const opened = await openSafetensors({
      ...source(bytes),
      read: async (start, end) => {
        if (end - start < own.length || start < 9) return bytes.slice(start, end)
        own.set(bytes.subarray(start, end))
        return own
      },
    })
    const read = await opened.read("a")
    expect(read).toEqual(Float32Array.of(1, 2))
    expect(read.buffer).toBe(own.buffer)
  })

  test("refuses a tensor that the file does not have, by its name", async () => {
    const opened = await openSafetensors(source(encodeSafetensors({ a: { shape: [], data: Float32Array.of(1) } })))
    await expect(opened.read("b")).rejects.toThrow(new TensorError("was not found; the file has a", "b"))
  })

  test("may lie beyond 4 GiB: offsets are whole numbers up to 2⁵³", async () => {
    const [first, second] = [2 ** 33, 2 ** 33 + 8]
    const header = JSON.stringify({
      a: { dtype: "F32", shape: [2 ** 31], data_offsets: [0, first] },
      b: { dtype: "F32", shape: [2], data_offsets: [first, second] },
    })
    const start = 8 + header.length
    const large: ByteSource = {
      size: start + second,
      read: async (from, to) => (from < start ? file(header).slice(from, to) : new Uint8Array(Float32Array.of(3, 4).buffer)),
    }
    expect(await (await openSafetensors(large)).read("b")).toEqual(Float32Array.of(3, 4))
    await expect(openSafetensors({ ...large, size: large.size - 1 })).rejects.toThrow("the file is truncated")
  })
})

describe("numbers of 16 bits are read as the 32-bit floats that they are,", () => {
  const read = (dtype: string, bits: ReadonlyArray<number>): ReadonlyArray<number | undefined> => {
    const data = new Uint8Array(Uint16Array.from(bits).buffer)
    const header = JSON.stringify({ a: { dtype, shape: [bits.length], data_offsets: [0, data.length] } })
    return [...(decodeSafetensors(file(header, data)).tensors.a?.data ?? [])]
  }

  // From the definition of binary16 (IEEE 754-2008).
  test("float16", () => {
    const bits = [0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x3555, 0x7c00, 0xfc00, 0x7e00]
    const values = [0, -0, 1, -2, 65504, 2 ** -14, 1023 * 2 ** -24, 2 ** -24, 0.333251953125, Infinity, -Infinity, NaN]
    expect(read("F16", bits)).toEqual(values)
  })

  test("bfloat16, which is the upper half of one", () => {
    const bits = [0x0000, 0x8000, 0x3f80, 0xc000, 0x7f7f, 0x0001, 0x3eab, 0x7f80, 0xff80, 0x7fc0]
    const values = [0, -0, 1, -2, 3.3895313892515355e38, 9.183549615799121e-41, 0.333984375, Infinity, -Infinity, NaN]
    expect(read("BF16", bits)).toEqual(values)
  })

  test("every float16 that is a number is given back by its value", () => {
    const all = Array.from({ length: 2 ** 16 }, (_, index) => index).filter((bits) => (bits & 0x7c00) !== 0x7c00)
    const values = read("F16", all) as ReadonlyArray<number>
    const ordered = all.map((bits, index) => [bits & 0x8000 ? -(bits & 0x7fff) : bits, values[index] as number] as const)
    ordered.sort(([a], [b]) => a - b)
    for (const [index, [bits, value]] of ordered.entries()) {
      const before = ordered[index - 1]
      if (before !== undefined && before[0] < bits) expect(value).toBeGreaterThan(before[1])
    }
  })
})

describe("a file that is not what it claims", () => {
  const one = (entry: object) => JSON.stringify({ a: entry })
  const four = new Uint8Array(4)
  test.each([
    ["no bytes", new Uint8Array(3), "3 bytes cannot hold a header"],
    ["a header longer than the file", file("{}", four, 1000), "claims a header of 1000 bytes and has 6 in all: the file is truncated"],
    ["a gigantic header", file("{}", four, 2 ** 52), "claims a header of 4503599627370496 bytes, at most 100000000 are allowed"],
    ["no JSON", file("{nope"), /the header is not JSON: /],
    ["broken UTF-8", Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), /the header is not JSON: /],
    ["a list", file("[]"), "the header is not a JSON object"],
    [
      "another type",
      file(one({ dtype: "F64", shape: [], data_offsets: [0, 4] }), four),
      'tensor "a": holds "F64", and only F32, F16, BF16 are read',
    ],
    [
      "a negative length",
      file(one({ dtype: "F32", shape: [-1], data_offsets: [0, 4] }), four),
      'tensor "a": its shape is not a list of lengths',
    ],
    ["no offsets", file(one({ dtype: "F32", shape: [1] }), four), 'tensor "a": does not say where its data begin and end'],
    [
      "a shape that overflows",
      file(one({ dtype: "F32", shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] }), four),
      /tensor "a": shape \[1099511627776, 1099511627776\] takes .* bytes, and 4 are given/,
    ],
    [
      "less data than claimed",
      file(one({ dtype: "F32", shape: [2], data_offsets: [0, 8] }), four),
      'tensor "a": ends at byte 8 of the data, of which there are 4: the file is truncated',
    ],
    [
      "a gap",
      file(one({ dtype: "F32", shape: [0], data_offsets: [4, 4] }), four),
      'tensor "a": begins at byte 4 of the data, and 0 are taken before it',
    ],
    [
      "tensors that overlap",
      file(
        JSON.stringify({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] }, b: { dtype: "F16", shape: [2], data_offsets: [0, 4] } }),
        four,
      ),
      'tensor "b": begins at byte 0 of the data, and 4 are taken before it',
    ],
    ["data left over", file("{}", four), "4 bytes of data belong to no tensor"],
    ["metadata that are no strings", file('{"__metadata__":{"a":1}}'), "the metadata are not strings by name"],
  ])("with %s is refused by a typed error", async (_, bytes, message) => {
    const read = () => decodeSafetensors(bytes)
    expect(read).toThrow(TensorError)
    expect(read).toThrow(message)
    const opened = await openSafetensors(source(bytes)).catch((error) => error)
    expect(opened).toBeInstanceOf(TensorError)
    expect(() => {
      throw opened
    }).toThrow(message)
  })

  test("cut anywhere is refused", () => {
    const bytes = encodeSafetensors({ a: { shape: [2, 3], data: new Float32Array(6) } }, { format: "pt" })
    for (let length = 0; length < bytes.length; length++) expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(TensorError)
  })

  test("is not written: a shape that disagrees with its data", () => {
    const write = () => encodeSafetensors({ a: { shape: [2, 3], data: new Float32Array(5) } })
    expect(write).toThrow('tensor "a": shape [2, 3] wants 6 numbers, and there are 5')
  })
})
