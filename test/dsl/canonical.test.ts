import * as vm from "node:vm"
import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalJson, canonicalValue } from "../../dsl/canonical.ts"

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

/**
 * All that can be seen of a value: unlike JSON, with the order of keys, undefined ones and the sign
 * of zero.
 */
const seen = (value: unknown): string => {
  if (Object.is(value, -0)) return "-0"
  if (Array.isArray(value)) return `[${value.map(seen).join()}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? String(value)
  return `{${Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}:${seen(entry)}`)}}`
}

/** What JSON makes of it: no −0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/**
 * Values as a program may hold them: with −0, undefined and null prototypes, keys such as "10",
 * lone surrogates.
 */
const values = fc.object({
  withNullPrototype: true,
  key: fc.oneof(fc.string(), fc.constantFrom("10", "9", "a", "\ud800")).filter((key) => key !== "__proto__"),
  values: [
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(-0),
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.constant(null),
  ],
})

test("canonical JSON is JSON of the same value", () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(plain(value))
    }),
  )
})

test("the order of keys makes no difference", () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
    }),
  )
})

test("values of one canonical form stand for one value that looks the same in every respect; others look different", () => {
  const small = fc.object({ maxDepth: 1, maxKeys: 2, key: fc.constantFrom("a", "10", "9"), values: [fc.constantFrom(0, -0, 1, null, "0")] })
  fc.assert(
    fc.property(small, small, (one, other) => {
      expect(seen(canonicalValue(one)) === seen(canonicalValue(other))).toBe(canonicalJson(one) === canonicalJson(other))
    }),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(values, (value) => {
      expect(seen(canonicalValue(reversed(value)))).toBe(seen(canonicalValue(value)))
    }),
  )
})

test("the value that a canonical form stands for has that form", () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(canonicalJson(canonicalValue(value))).toBe(canonicalJson(value))
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

test("a lone surrogate is not taken for the text that spells it", () => {
  expect(canonicalJson("\ud800")).not.toBe(canonicalJson("\\ud800"))
  expect(canonicalValue("\ud800")).toBe("\ud800")
})

test("plain objects of another realm, and without a prototype, are plain", () => {
  expect(canonicalJson(vm.runInNewContext("({ b: [1], a: { c: null } })"))).toBe('{"a":{"c":null},"b":[1]}')
  expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}')
})

const cyclic: Record<string, unknown> = {}
cyclic.self = { again: [cyclic] }

class Rate {
  readonly value = 1
}

test.each([
  ["NaN", Number.NaN, "rates[1]: JSON cannot hold the number NaN"],
  ["an infinity", Number.POSITIVE_INFINITY, "rates[1]: JSON cannot hold the number Infinity"],
  ["undefined in a list", undefined, "rates[1]: JSON cannot hold undefined"],
  ["a function", () => 1, "rates[1]: JSON cannot hold a function"],
  ["a bigint", 1n, "rates[1]: JSON cannot hold a bigint"],
  ["a symbol", Symbol("s"), "rates[1]: JSON cannot hold a symbol"],
  ["a Date", new Date(0), "rates[1]: JSON cannot hold an instance of Date"],
  ["a RegExp", /a/, "rates[1]: JSON cannot hold an instance of RegExp"],
  ["a Map", new Map([["a", 1]]), "rates[1]: JSON cannot hold an instance of Map"],
  ["a Set", new Set([1]), "rates[1]: JSON cannot hold an instance of Set"],
  ["a typed array", new Float32Array([1]), "rates[1]: JSON cannot hold an instance of Float32Array"],
  ["a boxed number", Object(1), "rates[1]: JSON cannot hold an instance of Number"],
  ["an instance of a class", new Rate(), "rates[1]: JSON cannot hold an instance of Rate"],
  ["an object that inherits", Object.create({ a: 1 }), "rates[1]: JSON cannot hold an instance of Object"],
  ["a Date of another realm", vm.runInNewContext("new Date(0)"), "rates[1]: JSON cannot hold an instance of Date"],
  ["an object with a toJSON", { toJSON: () => 1 }, "rates[1].toJSON: JSON cannot hold a function"],
  ["a symbol as a key", { [Symbol("s")]: 1 }, "rates[1]: JSON cannot hold symbols as keys"],
  [
    "a non-enumerable property",
    Object.defineProperty({}, "a", { value: 1 }),
    "rates[1]: JSON cannot hold symbols as keys or non-enumerable properties",
  ],
  ["a key __proto__", JSON.parse('{"__proto__":{"a":1}}'), 'rates[1]: a key cannot be named "__proto__"'],
  ["a list with gaps", Object.assign(new Array(3), [1]), "rates[1]: JSON cannot hold a list with gaps"],
  ["a list with properties", Object.assign([1], { a: 1 }), "rates[1]: JSON cannot hold a list with gaps or extra properties"],
  ["a value that contains itself", cyclic, "rates[1].self.again[0]: the value contains itself"],
])("%s has no canonical form, and the place is named", (_, value, message) => {
  expect(() => canonicalJson({ rates: [0, value] })).toThrow(TypeError)
  expect(() => canonicalJson({ rates: [0, value] })).toThrow(message)
})

test("what a getter or a proxy shows while it is spelled is what it stands for: it is read once", () => {
  let reads = 0
  const next = () => ++reads
  const shifting = {
    get a() {
      return next()
    },
  }
  const value = canonicalValue([shifting, new Proxy({ b: 0 }, { get: next })])
  expect(canonicalJson(value)).toBe('[{"a":1},{"b":2}]')
})

test("the same object in two places is not a cycle", () => {
  const shared = { a: 1 }
  expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]')
})
