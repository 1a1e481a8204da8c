import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile, type NamedTensors, recomputed } from "../../../engine/index.ts"
import { Decoder } from "../../../learning/decode/decoder.ts"
import { importedParameters, readAll } from "../../../learning/interchange/imported-parameters.ts"
import { readAdapter, readAdapterWeights } from "../../../learning/policy/adapter/adapter-files.ts"
import { adapt, trainable } from "../../../learning/policy/adapter/lora.ts"
import { readConfiguration } from "../../../learning/policy/architecture/read.ts"
import type { Configuration } from "../../../learning/policy/configuration.ts"
import { packSequences } from "../../../learning/policy/packing.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { sequenceLogProbability } from "../../../learning/policy/sequence.ts"
import { parameterSpecs } from "../../../learning/policy/specs.ts"
import { rectangleLogits } from "../support/rectangle.ts"
import { oneThread } from "../support/stage.ts"

/**
 * Checkpoints that `transformers` has saved, and what it computes from them; see golden/make.py.
 */
const golden = join(import.meta.dirname, "golden")

interface Gradient {
  readonly norm: number
  readonly first: number
  readonly last: number
}

interface Expected {
  readonly tokens: ReadonlyArray<ReadonlyArray<number>>
  readonly logp: number
  readonly logits: ReadonlyArray<Readonly<Record<string, ReadonlyArray<number>>>>
  readonly greedy: ReadonlyArray<ReadonlyArray<number>>
  readonly gradients: Readonly<Record<string, Gradient>>
}

const json = async <T>(folder: string, name: string): Promise<T> => JSON.parse(await readFile(join(golden, folder, name), "utf8")) as T

interface Opened {
  readonly configuration: Configuration
  readonly parameters: WeightsByName
  readonly expected: Expected
}

const open = async (folder: string): Promise<Opened> => {
  const configuration = readConfiguration(await json(folder, "config.json"))
  const names = (await readdir(join(golden, folder))).filter((name) => name.endsWith(".safetensors"))
  const files = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(golden, folder, name))
      return { name, content: { size: bytes.length, read: async (start: number, end: number) => bytes.subarray(start, end) } }
    }),
  )
  const parameters = await readAll(await importedParameters(files, configuration), configuration)
  return { configuration, parameters, expected: await json<Expected>(folder, "expected.json") }
}

/** The same with an adapter that PEFT has saved. */
const openAdapted = async (folder: string): Promise<Opened> => {
  const { configuration: base, parameters } = await open(folder)
  const input = { read: (name: string) => readFile(join(golden, folder, "lora", name)) }
  const adapter = await readAdapter(input, base)
  return {
    configuration: adapt(base, adapter),
    parameters: { ...parameters, ...(await readAdapterWeights(input, adapter)) },
    expected: await json(`${folder}/lora`, "expected.json"),
  }
}

const folders = (await readdir(golden, { withFileTypes: true })).filter((each) => each.isDirectory()).map(({ name }) => name)

const logitsOf = async (configuration: Configuration, parameters: WeightsByName, tokens: ReadonlyArray<number>): Promise<Float32Array> => {
  const program = await compile(
    ({ tokens: given, ...rest }: NamedTensors) => ({ scores: rectangleLogits(configuration, rest, given as tf.Tensor2D) }),
    { tokens: { shape: [1, tokens.length], dtype: "int32" }, ...parameterSpecs(configuration) },
    oneThread,
  )
  return (await program.run({ tokens: Int32Array.from(tokens), ...parameters })).scores as Float32Array
}

test("every family and type of numbers has a checkpoint here", () => {
  expect(folders).toEqual([
    "gpt-neox",
    "gpt-neox-serial",
    "gpt2-gelu",
    "gpt2-relu-untied",
    "llama-linear",
    "llama-tied",
    "llama3-biases",
    "mistral",
    "qwen2-tied-shards",
    "qwen2-untied",
    "qwen3",
  ])
})

const models: ReadonlyArray<readonly [name: string, open: () => Promise<Opened>]> = [
  ...folders.map((folder) => [folder, () => open(folder)] as const),
  ...["gpt-neox", "gpt2-gelu", "llama-tied"].map((folder) => [`${folder} with adapters`, () => openAdapted(folder)] as const),
]

describe.each(models)("of %s, as transformers and PEFT compute them, are", (_, opened) => {
  test("logits, at every position that was kept", async () => {
    const { configuration, parameters, expected } = await opened()
    const { vocabulary } = configuration
    for (const [row, tokens] of expected.tokens.entries()) {
      const scores = await logitsOf(configuration, parameters, tokens)
      for (const [position, wanted] of Object.entries(expected.logits[row] as Expected["logits"][number])) {
        const found = scores.subarray(Number(position) * vocabulary, (Number(position) + 1) * vocabulary)
        const distance = Math.max(...wanted.map((value, token) => Math.abs(value - (found[token] as number))))
        expect(distance, `sequence ${row}, position ${position}`).toBeLessThan(1e-4)
      }
    }
  })

  test("the tokens that it continues with, where the likeliest is taken", async () => {
    const { configuration, parameters, expected } = await opened()
    const decoder = new Decoder({
      configuration,
      endOfText: configuration.vocabulary,
      batchSize: 8,
      maxNewTokens: 8,
      temperature: 1e-4,
      purpose: "greedy",
      seed: 0,
      engine: oneThread,
    })
    const requests = expected.tokens.map((tokens, stream) => ({ prompt: Int32Array.from(tokens), stream }))
    const drawn = await decoder.decode(parameters, requests)
    expect(drawn.map(({ tokens }) => [...tokens])).toEqual(expected.greedy)
  })

  test.each(["kept", "computed again"])(
    "log-probabilities, and the gradient of every parameter that is trained, from activations %s",
    async (how) => {
      const { configuration, parameters, expected } = await opened()
      const sequences = expected.tokens.map((tokens) => ({
        prompt: Int32Array.from(tokens.slice(0, 1)),
        response: Int32Array.from(tokens.slice(1)),
      }))
      const { specs, values } = packSequences(sequences, configuration.context)
      const names = Object.keys(trainable(configuration).trained)
      const program = await compile(
        (inputs) => {
          const logp = (...weights: ReadonlyArray<tf.Tensor>): tf.Scalar => {
            const trained = Object.fromEntries(names.map((name, index) => [name, weights[index] as tf.Tensor]))
            const asBlock = how === "kept" ? undefined : recomputed((name) => names.includes(name))
            return tf.sum(sequenceLogProbability(configuration, { ...inputs, ...trained }, inputs, asBlock))
          }
          const { value, grads } = tf.valueAndGrads(logp)(names.map((name) => inputs[name] as tf.Tensor))
          return { logp: value, ...Object.fromEntries(names.map((name, index) => [name, grads[index] as tf.Tensor])) }
        },
        { ...specs, ...parameterSpecs(configuration) },
        oneThread,
      )
      const { logp, ...gradients } = await program.run({ ...values, ...parameters })
      expect(logp?.[0]).toBeCloseTo(expected.logp, 3)
      // PEFT puts its own words in front of the names of parameters.
      const wanted = Object.entries(expected.gradients).map(([name, each]) => [name.replace(/^base_model\.model\./, ""), each] as const)
      for (const [name, { norm, first, last }] of wanted) {
        const found = gradients[name] as Float32Array
        const distances = [Math.hypot(...found) - norm, (found[0] as number) - first, (found.at(-1) as number) - last]
        expect(Math.max(...distances.map(Math.abs)) / norm, name).toBeLessThan(1e-4)
      }
      expect(wanted.map(([name]) => name).sort()).toEqual([...names].sort())
    },
  )
})
