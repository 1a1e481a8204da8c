import fc from "fast-check"
import { expect, test } from "vitest"
import type { Json } from "../../../dsl/canonical.ts"
import { pathOf, printPath } from "../../../runtime/fingerprint/component-path.ts"
import { difference } from "../../../runtime/fingerprint/difference.ts"
import type { Vector } from "../../../runtime/fingerprint/vector.ts"

const vector = (components: Readonly<Record<string, Json>>): Vector =>
  Object.entries(components).map(([component, value]) => ({ component, value }))

test("equal fingerprints differ in nothing, also where fields stand in another order", () => {
  expect(difference(vector({ parameters: { a: 1, b: [2] } }), vector({ parameters: { b: [2], a: 1 } }))).toEqual([])
})

test("fields differ one by one, lists of one length by index, and anything else as a whole", () => {
  const before = vector({ parameters: { a: 1, b: [1, 2], c: [1], d: 1 } })
  const after = vector({ parameters: { a: 2, b: [1, 3], c: [1, 2], e: 1 } })
  expect(difference(before, after)).toEqual([
    { path: ["parameters", "a"], before: 1, after: 2 },
    { path: ["parameters", "b", "1"], before: 2, after: 3 },
    { path: ["parameters", "c"], before: [1], after: [1, 2] },
    { path: ["parameters", "d"], before: 1, after: null },
    { path: ["parameters", "e"], before: null, after: 1 },
  ])
})

test("a field may have the name of something that every object inherits", () => {
  expect(difference(vector({ parameters: {} }), vector({ parameters: { toString: 1 } }))).toEqual([
    { path: ["parameters", "toString"], before: null, after: 1 },
  ])
})

test("components come in the order of the later fingerprint, those that only the earlier one has at the end", () => {
  const paths = difference(vector({ reads: 1, code: "x", engine: "a" }), vector({ engine: "b", code: "y" })).map(({ path }) => path)
  expect(paths).toEqual([["engine"], ["code"], ["reads"]])
})

test("a path names the port of an input as one field, and prints as the manifest has it", () => {
  expect(pathOf("inputs.reference")).toEqual(["inputs", "reference"])
  expect(pathOf("inputs.a.b")).toEqual(["inputs", "a.b"])
  expect(pathOf("code")).toEqual(["code"])
  fc.assert(
    fc.property(fc.string(), (port) => {
      expect(printPath(pathOf(`inputs.${port}`))).toBe(`inputs.${port}`)
    }),
  )
})

test("what differs going one way differs the other way, with before and after exchanged", () => {
  // No fingerprint has a field of that name: it is refused where parameters are checked.
  const parameters = fc
    .dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>)
    .filter((fields) => !JSON.stringify(fields).includes('"__proto__"'))
  const sorted = (differences: ReturnType<typeof difference>) => differences.map((each) => JSON.stringify(each)).sort()
  fc.assert(
    fc.property(parameters, parameters, (a, b) => {
      const there = difference(vector({ parameters: a }), vector({ parameters: b }))
      const back = difference(vector({ parameters: b }), vector({ parameters: a }))
      expect(sorted(there.map(({ path, before, after }) => ({ path, before: after, after: before })))).toEqual(sorted(back))
    }),
  )
})
