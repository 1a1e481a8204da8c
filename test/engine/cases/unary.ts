import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case, Input } from "../agreement.ts"
import { bool, float, floats, int, integers, shapes, special } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

interface Options {
  readonly elements?: fc.Arbitrary<number>
  readonly differentiable?: boolean
  readonly integers?: fc.Arbitrary<number>
  readonly tolerance?: number
  /** Whether NaN and infinities are among the inputs. */
  readonly specials?: boolean
}

/** A function of floats, with its gradient, and of integers if it takes them. */
const unary = (title: string, run: (x: tf.Tensor) => tf.Tensor, options: Options = {}): fc.Arbitrary<Case> => {
  const { elements = floats(), differentiable = true, specials = true, tolerance = 1e-5 } = options
  const gradients = differentiable ? { gradients: ["x"] } : {}
  const make = (x: Input, more = {}): Case => ({ title, inputs: { x }, run: ({ x }) => run(x as tf.Tensor), tolerance, ...more })
  const usual = shapes()
    .chain((shape) => float(shape, elements))
    .map((x) => make(x, gradients))
  const strange = shapes({ max: 2 })
    .chain((shape) => float(shape, fc.oneof(special, elements)))
    .map((x) => make(x))
  const whole = shapes({ max: 3 })
    .chain((shape) => int(shape, options.integers))
    .map((x) => make(x))
  return fc.oneof(
    { weight: 4, arbitrary: usual },
    { weight: specials ? 1 : 0, arbitrary: strange },
    { weight: options.integers === undefined ? 0 : 1, arbitrary: whole },
  )
}

const positive = floats(0.0625, 8)
const unit = floats(-0.9375, 0.9375)
const any = integers()

const truth = (title: string, run: (x: tf.Tensor) => tf.Tensor): fc.Arbitrary<Case> =>
  shapes()
    .chain(bool)
    .map((x) => ({ title, inputs: { x }, run: ({ x }) => run(x as tf.Tensor) }))

const cast: fc.Arbitrary<Case> = fc
  .tuple(shapes(), fc.constantFrom("float32", "int32", "bool"), fc.constantFrom("float32", "int32", "bool"))
  .chain(([shape, from, to]) =>
    ({ float32: float, int32: int, bool })[from](shape).map((x) => ({
      title: `cast to ${to}`,
      inputs: { x },
      run: ({ x }: { readonly x?: tf.Tensor }) => tf.cast(x as tf.Tensor, to),
      ...(from === "float32" && to === "float32" ? { gradients: ["x"] } : {}),
    })),
  )

const leaky: fc.Arbitrary<Case> = floats(0, 1).chain((alpha) =>
  unary(`leakyRelu ${alpha}`, (x) => tf.leakyRelu(x, alpha), { integers: any }),
)

const clip: fc.Arbitrary<Case> = fc
  .tuple(floats(-2, -0.125), floats(0.125, 2))
  .chain(([low, high]) => unary(`clipByValue ${low} ${high}`, (x) => tf.clipByValue(x, low, high)))

const step: fc.Arbitrary<Case> = integers().chain((alpha) => unary(`step ${alpha}`, (x) => tf.step(x, alpha), { integers: any }))

const prelu: fc.Arbitrary<Case> = shapes({ min: 1 })
  .chain((shape) => fc.tuple(float(shape), float(shape.slice(-1))))
  .map(([x, alpha]) => ({
    title: "prelu",
    inputs: { x, alpha },
    run: ({ x, alpha }) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor),
    gradients: ["x", "alpha"],
  }))

export const unaryCases: Cases = {
  Abs: unary("abs", tf.abs, { integers: any }),
  Acos: unary("acos", tf.acos, { elements: unit }),
  Acosh: unary("acosh", tf.acosh, { elements: floats(1.125, 8), integers: integers(1, 6) }),
  Asin: unary("asin", tf.asin, { elements: unit }),
  Asinh: unary("asinh", tf.asinh, { integers: any, specials: false }),
  Atan: unary("atan", tf.atan, { integers: any }),
  Atanh: unary("atanh", tf.atanh, { elements: unit }),
  Cast: cast,
  Ceil: unary("ceil", tf.ceil),
  ClipByValue: clip,
  Cos: unary("cos", tf.cos, { specials: false }),
  Cosh: unary("cosh", tf.cosh, { specials: false }),
  Elu: unary("elu", tf.elu),
  EluGrad: unary("elu", tf.elu),
  Erf: unary("erf", tf.erf, { tolerance: 1e-4 }),
  Exp: unary("exp", tf.exp, { integers: any }),
  Expm1: fc.oneof(unary("expm1", tf.expm1, { integers: any }), unary("expm1", tf.expm1, { elements: floats(-1e-4, 1e-4) })),
  Floor: unary("floor", tf.floor),
  IsFinite: unary("isFinite", tf.isFinite, { differentiable: false, integers: any }),
  IsInf: unary("isInf", tf.isInf, { differentiable: false, integers: any }),
  IsNan: unary("isNaN", tf.isNaN, { differentiable: false, integers: any }),
  LeakyRelu: leaky,
  Log: unary("log", tf.log, { elements: positive }),
  Log1p: fc.oneof(
    unary("log1p", tf.log1p, { elements: floats(-0.9375, 8), integers: integers(0, 6) }),
    unary("log1p", tf.log1p, { elements: floats(-1e-4, 1e-4) }),
  ),
  LogicalNot: truth("logicalNot", tf.logicalNot),
  Neg: unary("neg", tf.neg, { integers: any }),
  Prelu: prelu,
  Reciprocal: unary("reciprocal", tf.reciprocal, { elements: positive, integers: integers(1, 6) }),
  Relu: unary("relu", tf.relu, { integers: any }),
  Relu6: unary("relu6", tf.relu6, { elements: floats(-8, 8), integers: integers(-9, 9) }),
  Round: unary("round", tf.round, { integers: any }),
  Rsqrt: unary("rsqrt", tf.rsqrt, { elements: positive }),
  Selu: unary("selu", tf.selu, { integers: any }),
  Sigmoid: unary("sigmoid", tf.sigmoid),
  Sign: unary("sign", tf.sign, { integers: any }),
  Sin: unary("sin", tf.sin, { specials: false }),
  Sinh: unary("sinh", tf.sinh, { integers: any, specials: false }),
  Softplus: unary("softplus", tf.softplus, { integers: any }),
  Sqrt: unary("sqrt", tf.sqrt, { elements: positive }),
  Square: unary("square", tf.square, { integers: any }),
  Step: step,
  Tan: unary("tan", tf.tan, { elements: floats(-1.25, 1.25), specials: false }),
  Tanh: unary("tanh", tf.tanh),
}
