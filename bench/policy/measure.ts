/** One side of the comparison, in a process of its own: `measure.ts <folder and work as JSON>`. */

import { fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs"
import { join } from "node:path"
import * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../../engine/index.ts"
import { Decoder } from "../../learning/decode/decoder.ts"
import { importedParameters, readAll } from "../../learning/interchange/imported-parameters.ts"
import { trainable, withLora } from "../../learning/policy/adapter/lora.ts"
import { readDescription } from "../../learning/policy/files.ts"
import { LogProbabilities } from "../../learning/policy/log-probabilities.ts"
import { packSequences, type Sequence } from "../../learning/policy/packing.ts"
import { splitSides } from "../../learning/policy/pair-batch.ts"
import { sequenceLogProbability } from "../../learning/policy/sequence.ts"
import { Learner } from "../../learning/trainer/learner.ts"
import type { Objective } from "../../learning/trainer/objective.ts"
import { memoryMode } from "../../runtime/execute/executor/environment.ts"
import { type Measured, median } from "../engine/workload.ts"
import type { Work } from "./work.ts"

const asked = JSON.parse(process.argv[2] ?? "") as Work & { readonly folder: string }
const { folder, mode, batch, length, prompt, tokens, rank, threads, steps } = asked
// As a stage has it: see `environmentOf`.
const engine: EngineSetting = { engine: "onnx", device: "cpu", threads, memory: memoryMode() }

/** A file of which a part at a time is read. */
const sourceOf = (path: string) => {
  const file = openSync(path, "r")
  return {
    size: fstatSync(file).size,
    read: async (start: number, end: number) => {
      const bytes = Buffer.alloc(end - start)
      readSync(file, bytes, 0, bytes.length, start)
      return bytes
    },
  }
}

const names = readdirSync(folder)
const { configuration } = await readDescription({
  names,
  read: async (name) => readFileSync(join(folder, name)),
  plugin: async () => undefined,
})
const files = names.filter((name) => name.endsWith(".safetensors")).map((name) => ({ name, content: sourceOf(join(folder, name)) }))
const parameters = await readAll(await importedParameters(files, configuration), configuration)

/** The tokens of place `first` and those after it, other ones for every row. */
const tokensOf = (row: number, first: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, index) => ((row * length + first + index) * 7919) % configuration.vocabulary)

const isShared = mode.endsWith("-shared")
const sequences: ReadonlyArray<Sequence> = Array.from({ length: 2 * batch }, (_, row) => ({
  prompt: tokensOf(isShared ? row % batch : row, 0, prompt),
  response: tokensOf(row, prompt, length - prompt),
}))

/** Milliseconds of each step after the first, which compiles. */
const timed = async (step: () => Promise<unknown>): Promise<ReadonlyArray<number>> => {
  const times: Array<number> = []
  for (let round = 0; round <= steps; round++) {
    const start = performance.now()
    await step()
    times.push(performance.now() - start)
  }
  return times
}

const logProbabilities = () => {
  const program = new LogProbabilities(configuration, engine)
  return timed(() => program.of(parameters, sequences))
}

/** The IPO step of the peer, with known log-probabilities of the reference. */
const ipoSteps = () => {
  const { configuration: model, parameters: initial } = mode.startsWith("ipo-lora")
    ? withLora({ configuration, parameters }, { rank, alpha: 2 * rank, targets: "all-linear" }, 0)
    : { configuration, parameters }
  const objective: Objective = (weights, { reference, ...packed }) => {
    const ratios = tf.sub(sequenceLogProbability(model, weights, packed), reference as tf.Tensor)
    const [chosen, rejected] = splitSides(ratios)
    return { loss: tf.mean(tf.square(tf.sub(tf.sub(chosen, rejected), 5))) }
  }
  const { trained, frozen } = trainable(model)
  const learner = new Learner(trained, initial, objective, engine, { frozen })
  const reference = { shape: [2 * batch], dtype: "float32" } as const
  return timed(() => {
    const { specs, values } = packSequences(sequences, configuration.context)
    return learner.step({ ...values, reference: new Float32Array(2 * batch) }, { ...specs, reference }, 1e-5)
  })
}

const decoding = () => {
  // An end-of-text outside of the vocabulary: every row runs to the full length, as in the peer.
  const decoder = new Decoder({
    configuration,
    endOfText: -1,
    batchSize: batch,
    maxNewTokens: tokens,
    temperature: 1,
    purpose: "bench",
    seed: 0,
    engine,
  })
  const requests = sequences.slice(0, batch).map(({ prompt: given }, stream) => ({ prompt: given, stream }))
  return timed(() => decoder.decode(parameters, requests))
}

const times = mode === "decode" ? await decoding() : mode.startsWith("ipo") ? await ipoSteps() : await logProbabilities()
const milliseconds = median(times.slice(1))
const measured: Measured = {
  milliseconds,
  tokens_per_second: Math.round(((mode === "decode" ? batch * tokens : 2 * batch * length) / milliseconds) * 1e3),
  peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
  compile: (times[0] as number) - milliseconds,
}
console.log(JSON.stringify(measured))
