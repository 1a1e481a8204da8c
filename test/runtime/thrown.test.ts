import * as vm from "node:vm"
import { expect, test } from "vitest"
import { StageError } from "../../dsl/index.ts"
import { thrown } from "../../runtime/thrown.ts"

test("a circular cause keeps the message, and both stacks", () => {
  const one = new Error("one", { cause: new Error("two") })
  ;(one.cause as Error).cause = one
  const { message, stack } = thrown(one)
  expect(message).toBe("one")
  expect(stack).toMatch(/^Error: one\n[\s\S]*caused by Error: two\n[\s\S]*caused by an error listed above$/)
})

test("causes without end are followed for a while", () => {
  let error = new Error("0")
  for (let n = 1; n <= 10_000; n++) error = new Error(String(n), { cause: error })
  expect(thrown(error).message).toBe("10000")
  expect(thrown(error).stack).toMatch(/further causes, left out$/)
})

test("of an AggregateError every error is named", () => {
  const { message, stack } = thrown(new AggregateError([new Error("first"), "second", new RangeError("third")]))
  expect(message).toBe("3 errors: first; second; third")
  expect(stack).toContain("one of them RangeError: third")
})

test.each([
  ["undefined", undefined, "it threw undefined: throw an Error that says what went wrong"],
  ["null", null, "it threw null: throw an Error that says what went wrong"],
  ["a text", "no disk", "no disk"],
  ["an object", { code: 7, of: { deep: [1] } }, "{ code: 7, of: { deep: [ 1 ] } }"],
  ["an object without a prototype", Object.assign(Object.create(null), { code: 7 }), "[Object: null prototype] { code: 7 }"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["a function", () => 1, "[Function (anonymous)]"],
])("a thrown value that is not an error is told as it is: %s", (_, value, message) => {
  expect(thrown(value)).toMatchObject({ name: "Error", tag: "Error", message, details: {} })
})

test("an error of another realm is an error", () => {
  const found = thrown(vm.runInNewContext("new RangeError('far', { cause: new Error('farther') })"))
  expect(found).toMatchObject({ name: "RangeError", tag: "RangeError", message: "far" })
  expect(found.stack).toContain("caused by Error: farther")
})

test("an error that throws when it is looked at is reported all the same", () => {
  const hostile = new Proxy(new Error("hidden"), {
    get: () => {
      throw new Error("no")
    },
    getPrototypeOf: () => {
      throw new Error("no")
    },
  })
  expect(thrown(hostile).name).toBe("Error")
  const touchy = Object.defineProperties(new Error("touchy"), {
    stack: {
      get: () => {
        throw new Error("no")
      },
    },
    cause: {
      get: () => {
        throw new Error("no")
      },
    },
    details: {
      value: {
        get bad() {
          throw new Error("no")
        },
        nan: Number.NaN,
        odd: Object.create(null),
        good: 1,
      },
    },
  })
  expect(thrown(touchy)).toMatchObject({ message: "touchy", stack: "Error: touchy", details: { nan: "NaN", good: 1 } })
})

test("an enormous message is cut, and says how much was left out", () => {
  const { message, stack } = thrown(new Error(`begin${"x".repeat(1e6)}end`))
  expect(message).toMatch(/^begin[\s\S]*… 990008 characters left out …[\s\S]*end$/)
  expect(stack.length).toBeLessThan(51_000)
})

test("a StageError is known by its shape", () => {
  expect(thrown(new StageError("Diverged", "the loss is NaN", { step: 3 }))).toMatchObject({ tag: "Diverged", details: { step: 3 } })
})
