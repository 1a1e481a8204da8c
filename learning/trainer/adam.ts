import * as tf from "@tensorflow/tfjs"
import type { NamedTensors, NamedValues, TensorSpecs } from "../../engine/index.ts"
import type { Shapes } from "../policy/configuration.ts"
import { ParameterVector } from "./parameter-vector.ts"

/*
 * AdamW (Loshchilov & Hutter 2019) on gradients clipped to global norm 1; without decay, Adam
 * (Kingma & Ba 2015). Everything is computed element by element.
 */

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8
const maxGradientNorm = 1

/** Parameters, and the moving means of their gradient and of its square. */
export interface AdamState {
  readonly parameters: ParameterVector
  readonly first: Float32Array
  readonly second: Float32Array
}

/** Before the first step. */
export const adamState = (shapes: Shapes): AdamState => {
  const parameters = new ParameterVector(shapes)
  const zeros = () => new Float32Array(parameters.values.length)
  return { parameters, first: zeros(), second: zeros() }
}

/** The state as `adamUpdate` takes it and gives it. */
export const vectorsOf = ({ parameters, first, second }: AdamState) => ({ parameters: parameters.values, first, second })

/** λ of AdamW, and which elements it decays: 1 for those of matrices, 0 for those of vectors. */
export interface Decay {
  readonly weightDecay: number
  readonly decayed: Float32Array
}

/** Undefined where nothing decays. */
export const decayOf = (shapes: Shapes, weightDecay: number): Decay | undefined => {
  if (weightDecay === 0) return undefined
  const { values, parts } = new ParameterVector(shapes)
  for (const [name, shape] of Object.entries(shapes)) if (shape.length > 1) parts[name]?.fill(1)
  return { weightDecay, decayed: values }
}

const scalar = { shape: [], dtype: "float32" } as const

/** What `adamUpdate` takes beside gradient and norm, for a vector of `count` elements. */
export const adamSpecs = (count: number, decay: Decay | undefined): TensorSpecs => {
  const vector = { shape: [count], dtype: "float32" } as const
  const state = { parameters: vector, first: vector, second: vector, rate: scalar }
  return decay === undefined ? state : { ...state, decayed: vector, decayRate: scalar }
}

/** The rates of a step, from 1, as `adamUpdate` takes them. */
export const adamRates = (learningRate: number, step: number, decay: Decay | undefined): NamedValues => ({
  // Both bias corrections in one factor (Kingma & Ba, end of section 2).
  rate: Float32Array.of((learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step)),
  ...(decay === undefined ? {} : { decayRate: Float32Array.of(learningRate * decay.weightDecay) }),
})

/**
 * The next state, from the inputs of `adamSpecs`, the gradient, and the Euclidean norm of the whole
 * gradient.
 */
export const adamUpdate = (inputs: NamedTensors, gradient: tf.Tensor, norm: tf.Tensor): NamedTensors => {
  const { parameters, first, second, rate, decayed, decayRate } = inputs as Record<string, tf.Tensor> &
    Record<"parameters" | "first" | "second" | "rate", tf.Tensor>
  // Clipping is a factor of both moments' shares, so that no pass over all parameters is spent on
  // it.
  const clip = tf.minimum(1, tf.div(maxGradientNorm, tf.add(norm, 1e-6)))
  const nextFirst = tf.add(tf.mul(first, beta1), tf.mul(gradient, tf.mul(clip, 1 - beta1)))
  const nextSecond = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), tf.mul(tf.square(clip), 1 - beta2)))
  const change = tf.mul(rate, tf.div(nextFirst, tf.add(tf.sqrt(nextSecond), epsilon)))
  const decays = decayed !== undefined && decayRate !== undefined
  const remaining = decays ? tf.sub(parameters, tf.mul(tf.mul(parameters, decayed), decayRate)) : parameters
  return { parameters: tf.sub(remaining, change), first: nextFirst, second: nextSecond }
}
