import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { packSequences, type Sequence, splitByRow } from "../../../learning/policy/packing.ts"

const context = 24

const tokens = (from: number, to: number) =>
  fc.array(fc.integer({ min: 1, max: 30 }), { minLength: from, maxLength: to }).map((list) => Int32Array.from(list))
/** Few prompts, so that some are shared. */
const prompt = fc.oneof(fc.constantFrom(Int32Array.of(0), Int32Array.of(0, 7), Int32Array.of(0, 7, 9)), tokens(1, 12))
const sequence: fc.Arbitrary<Sequence> = fc.record({ prompt, response: tokens(0, 12) })
const sequences = fc.array(sequence, { minLength: 1, maxLength: 12 })

const unpacked = (packed: ReturnType<typeof packSequences>) => {
  const of = (name: string) => packed.values[name] as Int32Array
  const [rows = 0, length = 0] = packed.specs.tokenAt?.shape ?? []
  const size = of("tokens").length
  return { of, rows, length, size, row: (index: number) => [...of("tokenAt").subarray(index * length, (index + 1) * length)] }
}

describe("packed sequences", () => {
  test("hold, row by row and in order, all tokens but the last", () => {
    fc.assert(
      fc.property(sequences, (given) => {
        const { of, row } = unpacked(packSequences(given, context))
        for (const [index, { prompt, response }] of given.entries()) {
          const expected = [...prompt, ...response].slice(0, -1)
          const members = row(index).filter((token) => token >= 0)
          expect(members.map((token) => of("tokens")[token])).toEqual(expected)
          expect(members.map((token) => of("positions")[token])).toEqual([...expected.keys()])
        }
      }),
    )
  })

  test("predict every token of a response from the token before it, once, and nothing else", () => {
    fc.assert(
      fc.property(sequences, (given) => {
        const { of, row } = unpacked(packSequences(given, context))
        const found = [...of("weights").keys()]
          .filter((index) => of("weights")[index] === 1)
          .map((index) => `${of("owners")[index]}: ${of("sources")[index]} -> ${of("targets")[index]}`)
        const expected = given.flatMap(({ prompt, response }, index) => {
          const whole = [...prompt, ...response]
          return whole.slice(prompt.length).map((target, place) => `${index}: ${row(index)[prompt.length + place - 1]} -> ${target}`)
        })
        expect(found).toEqual(expected)
      }),
    )
  })

  test("give what was computed for their responses' tokens back by row, in order", () => {
    fc.assert(
      fc.property(sequences, (given) => {
        const packed = packSequences(given, context)
        const targets = Float32Array.from(unpacked(packed).of("targets"))
        expect(splitByRow(targets, packed)).toEqual(given.map(({ response }) => Float32Array.from(response)))
      }),
    )
  })

  test("know for every token all its places, and let one of them own it", () => {
    fc.assert(
      fc.property(sequences, (given) => {
        const { of, size } = unpacked(packSequences(given, context))
        const [tokenAt, positionsOf, ownerAt] = [of("tokenAt"), of("positionsOf"), of("ownerAt")]
        for (let token = 0; token < size; token++) {
          const standing = [...tokenAt.keys()].filter((place) => tokenAt[place] === token)
          const known = Array.from({ length: positionsOf.length / size }, (_, use) => positionsOf[use * size + token]).filter(
            (place) => place !== -1,
          )
          expect(known).toEqual(standing)
          expect(standing.filter((place) => ownerAt[place] === token)).toEqual(standing.slice(0, 1))
        }
      }),
    )
  })

  test("share the tokens of a prompt between two rows", () => {
    const pair = (prompt: Int32Array) => [
      { prompt, response: Int32Array.of(1, 2) },
      { prompt, response: Int32Array.of(3, 4, 5) },
    ]
    const { row } = unpacked(packSequences([...pair(Int32Array.of(0, 9, 8)), ...pair(Int32Array.of(0, 9, 8))], context))
    expect([0, 1, 2, 3].map((index) => row(index).filter((token) => token >= 0))).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 4, 5],
      [6, 7, 8, 9],
      [6, 7, 8, 10, 11],
    ])
  })

  test("share nothing where it would save next to nothing", () => {
    const alike = (length: number) => [1, 2].map((start) => ({ prompt: Int32Array.of(0), response: new Int32Array(length).fill(start) }))
    const stood = (length: number) => unpacked(packSequences(alike(length), context)).of("positionsOf").length
    const size = (length: number) => unpacked(packSequences(alike(length), context)).size
    expect(stood(4)).toBe(2 * size(4))
    expect(stood(20)).toBe(size(20))
  })

  test("come in few sizes", () => {
    const shapes = new Set<string>()
    for (let count = 1; count <= 400; count++) {
      const given = Array.from({ length: 32 }, (_, index) => ({
        prompt: Int32Array.of(0),
        response: new Int32Array(1 + Math.floor((count + index) / 32)),
      }))
      shapes.add(JSON.stringify(packSequences(given, context).specs))
    }
    expect(shapes.size).toBeLessThan(30)
  })

  test("may be none at all", () => {
    const { of } = unpacked(packSequences([{ prompt: new Int32Array(), response: new Int32Array() }], context))
    expect(of("weights").every((weight) => weight === 0)).toBe(true)
  })

  test("are refused where one is longer than the context: nothing is cut in packing", () => {
    const long = { prompt: Int32Array.of(0, 1), response: new Int32Array(context - 1) }
    expect(() => packSequences([long], context)).toThrow(/a sequence of 25 tokens does not fit a context of 24/)
  })
})
