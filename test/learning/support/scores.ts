import type * as tf from "@tensorflow/tfjs"
import { compile } from "../../../engine/index.ts"
import type { Configuration } from "../../../learning/policy/configuration.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { parameterSpecs } from "../../../learning/policy/specs.ts"
import { rectangleLogits } from "./rectangle.ts"

/**
 * log π(token | beginning) of every token after every beginning of a sequence, by one forward pass,
 * in double precision from the logits on: `[position][token]`, nats. `temperature` divides the
 * logits.
 */
export const tokenLogProbabilities = async (
  configuration: Configuration,
  parameters: WeightsByName,
  tokens: ReadonlyArray<number>,
  temperature = 1,
): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
  const program = await compile(
    ({ tokens: ids, ...rest }) => ({ scores: rectangleLogits(configuration, rest, ids as tf.Tensor2D) }),
    { tokens: { shape: [1, tokens.length], dtype: "int32" }, ...parameterSpecs(configuration) },
    { engine: "cpu", device: "cpu", threads: 1 },
  )
  const { scores } = await program.run({ tokens: Int32Array.from(tokens), ...parameters })
  return tokens.map((_, position) => {
    const row = Array.from(
      (scores as Float32Array).subarray(position * configuration.vocabulary, (position + 1) * configuration.vocabulary),
      (score) => score / temperature,
    )
    const normaliser = Math.log(row.reduce((sum, score) => sum + Math.exp(score), 0))
    return row.map((score) => score - normaliser)
  })
}

/**
 * Every response of at most `longest` tokens, with its log-probability given the prompt. A response
 * ends with the token 0 or where it is longest.
 */
export const enumerateResponses = async (
  configuration: Configuration,
  parameters: WeightsByName,
  prompt: ReadonlyArray<number>,
  longest: number,
  temperature = 1,
): Promise<ReadonlyArray<{ readonly response: ReadonlyArray<number>; readonly logp: number }>> => {
  const next = (await tokenLogProbabilities(configuration, parameters, prompt, temperature))[prompt.length - 1] ?? []
  const all = await Promise.all(
    next.map(async (logp, token) => {
      if (token === 0 || longest === 1) return [{ response: [token], logp }]
      const rest = await enumerateResponses(configuration, parameters, [...prompt, token], longest - 1, temperature)
      return rest.map((tail) => ({ response: [token, ...tail.response], logp: logp + tail.logp }))
    }),
  )
  return all.flat()
}
