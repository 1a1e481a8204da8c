import type { TracingBackend } from "../backend.ts"
import type { Value } from "../graph.ts"
import { broadcastShape, input, type Kernel, type Kernels } from "../kernel.ts"
import { applyBinary, binaries, choose, negate } from "./binary.ts"

/** Comparisons, truth values and selection by them. */

/** ONNX compares numbers only; truth values are compared as 0 and 1. */
const comparable = (backend: TracingBackend, x: Value): Value => (x.type === "bool" ? backend.cast(x, "int32") : x)

const same = (_: TracingBackend, x: Value): Value => x

const relation =
  (name: keyof typeof binaries, prepare = same, finish = same): Kernel =>
  ({ backend, inputs }) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")]
    const result = applyBinary(backend, binaries[name], prepare(backend, backend.value(a)), prepare(backend, backend.value(b)))
    return backend.tensor(finish(backend, result), broadcastShape(a.shape, b.shape))
  }

const test =
  (apply: (backend: TracingBackend, x: Value) => Value): Kernel =>
  ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(apply(backend, backend.value(x)), x.shape)
  }

const isNotANumber = (backend: TracingBackend, x: Value): Value => backend.node("IsNaN", [backend.cast(x, "float32")], x.shape, "bool")
const isInfinite = (backend: TracingBackend, x: Value): Value => backend.node("IsInf", [backend.cast(x, "float32")], x.shape, "bool")

export const logical: Kernels = {
  ...Object.fromEntries(
    (["Equal", "Greater", "GreaterEqual", "Less", "LessEqual"] as const).map((name) => [name, relation(name, comparable)]),
  ),
  NotEqual: relation("Equal", comparable, negate),
  LogicalAnd: relation("LogicalAnd"),
  LogicalOr: relation("LogicalOr"),
  LogicalNot: test(negate),
  IsNan: test(isNotANumber),
  IsInf: test(isInfinite),
  IsFinite: test((backend, x) => negate(backend, backend.node("Or", [isNotANumber(backend, x), isInfinite(backend, x)], x.shape, "bool"))),
  Select: ({ backend, inputs }) => {
    const t = input(inputs, "t")
    const condition = backend.value(input(inputs, "condition"))
    return backend.tensor(choose(backend, condition, backend.value(t), backend.value(input(inputs, "e"))), t.shape)
  },
}
