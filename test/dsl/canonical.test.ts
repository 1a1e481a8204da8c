import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalJson } from "../../dsl/canonical.ts"

/** The same value with the keys of every object in another order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  )
}

/** What JSON makes of it: no −0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test("canonical JSON is JSON of the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(plain(value))
    }),
  )
})

test("the order of keys makes no difference", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
    }),
  )
})

test("negative zero is zero", () => {
  expect(canonicalJson([-0, { a: -0 }])).toBe('[0,{"a":0}]')
})

test("an absent key and an undefined one are the same", () => {
  expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}')
})

test("keys are sorted by code unit, whatever the locale", () => {
  expect(canonicalJson({ ä: 1, z: 2, Z: 3, "10": 4, "9": 5 })).toBe('{"10":4,"9":5,"Z":3,"z":2,"ä":1}')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n, Symbol("s")])("%s has no canonical form", (value) => {
  expect(() => canonicalJson([value])).toThrow(TypeError)
})
