import * as fc from "fast-check"
import { expect, test } from "vitest"
import { choiceParam, flagParam, listParam, numberParam, sortParam, textParam, withParams } from "../../../ui/address/query.ts"

const throughAddress = (value: string | null): string | null => new URLSearchParams(withParams("", { it: value })).get("it")

test("any list survives the address", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: "grapheme" })), (items) => {
      expect(listParam.read(throughAddress(listParam.write(items)))).toEqual(items)
    }),
  )
})

test("any text survives the address", () => {
  const codec = textParam()
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(codec.read(throughAddress(codec.write(text)))).toBe(text)
    }),
  )
})

test("what is as usual is not written", () => {
  expect(textParam("all").write("all")).toBeNull()
  expect(choiceParam(["a", "b"], "a").write("a")).toBeNull()
  expect(flagParam.write(false)).toBeNull()
  expect(numberParam(3).write(3)).toBeNull()
  expect(listParam.write([])).toBeNull()
  expect(sortParam(["seconds"], null).write(null)).toBeNull()
})

test("what somebody mistyped is as usual", () => {
  expect(choiceParam(["a", "b"], "a").read("c")).toBe("a")
  expect(numberParam(3).read("three")).toBe(3)
  expect(sortParam(["seconds"], { column: "seconds", descending: true }).read("minutes")).toEqual({ column: "seconds", descending: true })
})

test("a sort survives the address, and so does none where there usually is one", () => {
  const codec = sortParam(["id", "seconds"], { column: "id", descending: false })
  for (const sort of [{ column: "seconds", descending: true } as const, { column: "id", descending: true } as const, null])
    expect(codec.read(throughAddress(codec.write(sort)))).toEqual(sort)
})

test("a change of one parameter leaves the others", () => {
  expect(withParams("?a=1&b=2", { b: null, c: "x y" })).toBe("?a=1&c=x+y")
  expect(withParams("?a=1", { a: null })).toBe("")
})
