import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { integers, normals, permutation, philox, philoxBlock, uniforms } from "../../../engine/random/philox.ts"

const words = (hex: string) => Uint32Array.from(hex.split(" "), (word) => Number.parseInt(word, 16))
const seeds = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }))
const indices = fc.nat({ max: 2 ** 32 - 1 })

describe("Philox4x32-10", () => {
  // The known-answer file that the authors ship with Random123: counter, key, result.
  test.each([
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("encrypts counter %s under key %s as published", (counter, key, expected) => {
    const out = new Uint32Array(4)
    philoxBlock(words(counter), words(key), out)
    expect(out).toEqual(words(expected))
  })

  // Pinned: artifacts that were drawn from these streams must stay what they are.
  test("the naming of streams does not change", () => {
    expect([...philox(1, "sampling", 0)]).toEqual([2882069456, 3963935511, 455524443, 197839092])
    expect([...philox(2n ** 40n + 5n, "", 4_294_967_295)]).toEqual([1099205502, 2660937953, 3104368346, 3013224911])
  })
})

describe("streams", () => {
  test("a longer draw begins with the shorter one", () => {
    fc.assert(
      fc.property(seeds, fc.string(), indices, fc.nat(40), fc.nat(40), (seed, purpose, index, short, more) => {
        for (const draw of [uniforms, normals]) {
          const long = draw(seed, purpose, index, new Float32Array(short + more))
          expect(draw(seed, purpose, index, new Float32Array(short))).toEqual(long.slice(0, short))
        }
        const long = integers(seed, purpose, index, 1000, new Int32Array(short + more))
        expect(integers(seed, purpose, index, 1000, new Int32Array(short))).toEqual(long.slice(0, short))
      }),
    )
  })

  test("another seed, purpose or index is another stream", () => {
    fc.assert(
      fc.property(seeds, fc.string(), indices, seeds, fc.string(), indices, (seed, purpose, index, seed2, purpose2, index2) => {
        const first = philox(seed, purpose, index)
        if (BigInt.asUintN(64, BigInt(seed)) !== BigInt.asUintN(64, BigInt(seed2))) expect(philox(seed2, purpose, index)).not.toEqual(first)
        if (purpose !== purpose2) expect(philox(seed, purpose2, index)).not.toEqual(first)
        if (index !== index2) expect(philox(seed, purpose, index2)).not.toEqual(first)
      }),
    )
  })

  test("purposes that differ only in trailing zeros are different purposes", () => {
    const names = ["", "\0", "\0\0", "a", "a\0", "a\0\0\0\0\0\0\0", "a\0\0\0\0\0\0\0\0"]
    expect(new Set(names.map((name) => philox(1, name, 0).join())).size).toBe(names.length)
  })

  test("a seed is one seed as a number and as a bigint", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), indices, (seed, index) => {
        expect(philox(BigInt(seed), "x", index)).toEqual(philox(seed, "x", index))
      }),
    )
  })

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%s is not a seed", (seed) => {
    expect(() => philox(seed, "sampling", 0)).toThrow(RangeError)
  })

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("%s is not an index", (index) => {
    expect(() => philox(1, "sampling", index)).toThrow(RangeError)
  })
})

describe("distributions", () => {
  const count = 400_000

  test("uniforms lie in [0, 1) and fill it evenly", () => {
    const bins = new Float64Array(64)
    for (const u of uniforms(7, "uniform", 0, new Float32Array(count))) {
      if (!(u >= 0 && u < 1)) throw new Error(`${u} is outside [0, 1)`)
      const bin = Math.floor(u * 64)
      bins[bin] = (bins[bin] as number) + 1
    }
    // χ² with 63 degrees of freedom exceeds 113 once in 10,000 seeds.
    expect(chiSquare(bins, count / 64)).toBeLessThan(113)
  })

  test("neighbouring streams are uncorrelated", () => {
    let sum = 0
    const [a, b] = [new Float32Array(4), new Float32Array(4)]
    for (let index = 0; index < 50_000; index++) {
      uniforms(7, "rows", index, a)
      uniforms(7, "rows", index + 1, b)
      for (let i = 0; i < 4; i++) sum += ((a[i] as number) - 0.5) * ((b[i] as number) - 0.5) * 12
    }
    expect(Math.abs(sum / Math.sqrt(200_000))).toBeLessThan(4)
  })

  test("normals have the moments of the standard normal distribution", () => {
    const draws = normals(7, "normal", 0, new Float32Array(count))
    const moment = (power: number) => draws.reduce((sum, z) => sum + z ** power, 0) / count
    const tolerance = (variance: number) => 4 * Math.sqrt(variance / count)
    expect(Math.abs(moment(1))).toBeLessThan(tolerance(1))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(tolerance(2))
    expect(Math.abs(moment(3))).toBeLessThan(tolerance(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(tolerance(96))
  })

  test("integers are unbiased where the high word alone would not be", () => {
    // At 2³² / 2.5 every even value owns three words and every odd one two: kept as they are, 60 %
    // would be even.
    const bound = 1_717_986_918
    const draws = integers(7, "integer", 0, bound, new Int32Array(count))
    expect(draws.every((value) => value >= 0 && value < bound)).toBe(true)
    expect(Math.abs(draws.filter((value) => value % 2 === 0).length - count / 2)).toBeLessThan(2 * Math.sqrt(count))
    expect(Math.abs(draws.filter((value) => value < bound / 2).length - count / 2)).toBeLessThan(2 * Math.sqrt(count))
  })

  test.each([0, -1, 1.5, 2 ** 31 + 1])("there are no integers below %s", (bound) => {
    expect(() => integers(1, "integer", 0, bound, new Int32Array(1))).toThrow(RangeError)
  })

  test("a permutation holds every index once", () => {
    fc.assert(
      fc.property(fc.nat(300), seeds, (n, seed) => {
        expect(permutation(n, seed, "order").slice().sort()).toEqual(Int32Array.from({ length: n }, (_, i) => i))
      }),
    )
  })

  test("all orders are equally likely", () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 24_000; seed++) {
      const order = permutation(4, seed, "order").join("")
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    // χ² with 23 degrees of freedom exceeds 56 once in 10,000 seeds.
    expect(chiSquare(Float64Array.from(counts.values()), 1000)).toBeLessThan(56)
  })
})

const chiSquare = (counts: Float64Array, expected: number): number =>
  counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
