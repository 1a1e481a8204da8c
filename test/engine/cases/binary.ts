import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { bool, float, floats, int, integers, pairs, shapes, sizeOf, special } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

type Operation = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

interface Options {
  readonly left?: fc.Arbitrary<number>
  readonly right?: fc.Arbitrary<number>
  /** `same shape`: tfjs's gradient fails where one side broadcasts. */
  readonly differentiable?: boolean | "same shape"
  readonly leftIntegers?: fc.Arbitrary<number>
  readonly rightIntegers?: fc.Arbitrary<number>
  readonly specials?: boolean
  readonly tolerance?: number
}

const of = (title: string, operation: Operation) => ({
  title,
  run: ({ a, b }: Readonly<Record<string, tf.Tensor>>) => operation(a as tf.Tensor, b as tf.Tensor),
})

/** Floats and integers of shapes that broadcast, with the gradient by both sides. */
const arithmetic = (title: string, operation: Operation, options: Options = {}): fc.Arbitrary<Case> => {
  const {
    left = floats(),
    right = floats(),
    leftIntegers = integers(),
    rightIntegers = integers(),
    specials = true,
    tolerance = 1e-5,
  } = options
  const gradients = (a: Input, b: Input) => {
    const isSame = String(a.shape) === String(b.shape)
    // tfjs's gradients fail where something broadcasts to nothing.
    const isPossible = isSame || (options.differentiable !== "same shape" && a.values.length * b.values.length > 0)
    return options.differentiable === false || !isPossible ? {} : { gradients: ["a", "b"] }
  }
  const use = { ...of(title, operation), tolerance }
  const usual = pairs()
    .chain(([a, b]) => fc.tuple(float(a, left), float(b, right)))
    .map(([a, b]) => ({ ...use, ...gradients(a, b), inputs: { a, b } }))
  const strange = pairs()
    .chain(([a, b]) => fc.tuple(float(a, fc.oneof(special, left)), float(b, fc.oneof(special, right))))
    .map(([a, b]) => ({ ...use, inputs: { a, b } }))
  const whole = pairs()
    .chain(([a, b]) => fc.tuple(int(a, leftIntegers), int(b, rightIntegers)))
    .map(([a, b]) => ({ ...use, inputs: { a, b } }))
  const mixed = pairs()
    .chain(([a, b]) => fc.tuple(float(a, left), int(b, rightIntegers)))
    .map(([a, b]) => ({ ...use, inputs: { a, b } }))
  return fc.oneof(
    { weight: 4, arbitrary: usual },
    { weight: specials ? 1 : 0, arbitrary: strange },
    { weight: 2, arbitrary: whole },
    { weight: 1, arbitrary: mixed },
  )
}

/** Of two tensors of any one type. */
const comparison = (title: string, operation: Operation): fc.Arbitrary<Case> => {
  const elements = fc.oneof({ weight: 5, arbitrary: floats(-1, 1) }, { weight: 1, arbitrary: special })
  return fc
    .tuple(pairs(), fc.constantFrom("float32", "int32", "bool"))
    .chain(([[a, b], dtype]) => {
      if (dtype === "float32") return fc.tuple(float(a, elements), float(b, elements))
      return dtype === "int32" ? fc.tuple(int(a), int(b)) : fc.tuple(bool(a), bool(b))
    })
    .map(([a, b]) => ({ ...of(title, operation), inputs: { a, b } }))
}

const logic = (title: string, operation: Operation): fc.Arbitrary<Case> =>
  pairs()
    .chain(([a, b]) => fc.tuple(bool(a), bool(b)))
    .map(([a, b]) => ({ ...of(title, operation), inputs: { a, b } }))

/** With known operands, which fold away or leave the other side as it is. */
const withConstants: fc.Arbitrary<Case> = fc.tuple(shapes(), fc.constantFrom(0, 1, 2, -0.5)).chain(([shape, constant]) =>
  float(shape).map((x) => ({
    title: `arithmetic with ${constant}`,
    inputs: { x },
    run: ({ x }: Readonly<Record<string, tf.Tensor>>) => {
      const scalar = tf.add(tf.mul(constant, tf.ones(shape as Array<number>)), tf.sub(tf.zerosLike(x as tf.Tensor), 0))
      const operand = x as tf.Tensor
      return [tf.add(operand, scalar), tf.sub(operand, scalar), tf.mul(scalar, operand), tf.div(operand, tf.maximum(scalar, 0.5)), scalar]
    },
    gradients: ["x"],
  })),
)

const addN: fc.Arbitrary<Case> = shapes()
  .chain((shape) => fc.array(float(shape), { minLength: 1, maxLength: 4 }))
  .map((tensors) => ({
    title: "addN",
    inputs: Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])),
    run: (inputs) => tf.addN(Object.values(inputs)),
    gradients: tensors.map((_, index) => `x${index}`),
  }))

/** tfjs does not broadcast to shapes that hold nothing. */
const someOrSame = pairs().map(([a, b]) => (sizeOf(a) * sizeOf(b) > 0 ? ([a, b] as const) : ([a, a] as const)))

const select: fc.Arbitrary<Case> = fc
  .oneof(
    someOrSame.chain(([a, b]) => fc.tuple(bool(a), float(a), float(b))),
    someOrSame.chain(([a, b]) => fc.tuple(bool(b), float(a), float(a))),
    someOrSame.chain(([a, b]) => fc.tuple(bool(b), int(a), int(b))),
    someOrSame.chain(([a, b]) => fc.tuple(bool(a), bool(b), bool(a))),
  )
  .map(([condition, a, b]) => ({
    title: "where",
    inputs: { condition, a, b },
    run: ({ condition, a, b }) => tf.where(condition as tf.Tensor, a as tf.Tensor, b as tf.Tensor),
    ...(a.dtype === "float32" ? { gradients: ["a", "b"] } : {}),
  }))

const away = fc.oneof(floats(0.5, 4), floats(-4, -0.5))
const eighths = integers(-32, 32).map((number) => number / 8)
const nonZero = fc.oneof(integers(1, 6), integers(-6, -1))

export const binaryCases: Cases = {
  Add: fc.oneof({ weight: 3, arbitrary: arithmetic("add", tf.add) }, { weight: 1, arbitrary: withConstants }),
  AddN: addN,
  Atan2: arithmetic("atan2", tf.atan2, { left: away, right: away, specials: false }),
  BitwiseAnd: shapes()
    .chain((shape) => fc.tuple(int(shape), int(shape)))
    .map(([a, b]) => ({ ...of("bitwiseAnd", tf.bitwiseAnd), inputs: { a, b } })),
  Equal: comparison("equal", tf.equal),
  FloorDiv: arithmetic("floorDiv", tf.floorDiv, { right: away, rightIntegers: integers(), differentiable: false, specials: false }),
  Greater: comparison("greater", tf.greater),
  GreaterEqual: comparison("greaterEqual", tf.greaterEqual),
  Less: comparison("less", tf.less),
  LessEqual: comparison("lessEqual", tf.lessEqual),
  LogicalAnd: logic("logicalAnd", tf.logicalAnd),
  LogicalOr: logic("logicalOr", tf.logicalOr),
  Maximum: arithmetic("maximum", tf.maximum, { differentiable: "same shape" }),
  Minimum: arithmetic("minimum", tf.minimum, { differentiable: "same shape" }),
  // Of numbers without rounding, which would be a whole divisor off.
  Mod: arithmetic("mod", tf.mod, { left: eighths, right: eighths.filter((eighth) => eighth !== 0), specials: false }),
  Multiply: arithmetic("mul", tf.mul),
  NotEqual: comparison("notEqual", tf.notEqual),
  Pow: arithmetic("pow", tf.pow, {
    left: floats(0.0625, 3),
    right: floats(-3, 3),
    rightIntegers: integers(0, 3),
    specials: false,
    tolerance: 1e-4,
  }),
  RealDiv: arithmetic("div", tf.div, { right: away, rightIntegers: nonZero, tolerance: 1e-4 }),
  Select: select,
  SquaredDifference: arithmetic("squaredDifference", tf.squaredDifference, { differentiable: "same shape" }),
  Sub: arithmetic("sub", tf.sub),
}
