/** One side of a comparison in a process of its own: a workload as JSON in, its measurements as JSON out. */

import type * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../../engine/index.ts"
import type { Configuration } from "../../learning/policy/configuration.ts"
import { initialParameters, parameterShapes } from "../../learning/policy/parameters.ts"
import { batchSpecs, sequenceLogProbability } from "../../learning/policy/sequence.ts"
import { Decoder } from "../../learning/sample/decoder.ts"
import { Learner, type Objective } from "../../learning/train/learner.ts"
import { productsOf } from "./products.ts"
import { type Measured, median, type Workload } from "./workload.ts"

const warmup = 3
const steps = 12

const workload = JSON.parse(process.argv[2] ?? "") as Workload & { readonly engine: EngineSetting["engine"] }
const setting: EngineSetting = { engine: workload.engine, device: "cpu", threads: workload.threads }
const configuration: Configuration = {
  vocabulary: workload.vocab,
  context: Math.max(workload.length, workload.tokens),
  width: workload.width,
  layers: workload.layers,
  heads: workload.heads,
}
const shapes = parameterShapes(configuration)
const initial = initialParameters(shapes, configuration.layers, 0)

/** Milliseconds of each step after the warm-up, and of the first one, which compiles. */
const timed = async (step: () => Promise<unknown>, count = steps): Promise<{ readonly first: number; readonly milliseconds: number }> => {
  const times: Array<number> = []
  for (let round = 0; round < warmup + count; round++) {
    const start = performance.now()
    await step()
    times.push(performance.now() - start)
  }
  return { first: times[0] as number, milliseconds: median(times.slice(warmup)) }
}

const tokensOf = (rows: number): Int32Array =>
  Int32Array.from({ length: rows * configuration.context }, (_, index) => (index * 7919) % configuration.vocabulary)

const crossEntropy: Objective = (parameters, { tokens, mask }) => {
  const logp = sequenceLogProbability(configuration, parameters, tokens as tf.Tensor2D, mask as tf.Tensor2D)
  return {
    loss: logp
      .sum()
      .neg()
      .div((mask as tf.Tensor).sum()),
  }
}

/** The IPO step of the peer: sums over the last three quarters of a sequence, a reference that is known. */
const ipo: Objective = (parameters, { tokens, mask, reference }) => {
  const ratio = sequenceLogProbability(configuration, parameters, tokens as tf.Tensor2D, mask as tf.Tensor2D).sub(reference as tf.Tensor)
  const margins = ratio.slice([0], [workload.batch]).sub(ratio.slice([workload.batch], [workload.batch]))
  return { loss: margins.sub(5).square().mean() }
}

const training = async (objective: Objective, rows: number) => {
  const learner = new Learner(shapes, initial, objective, setting)
  const { length } = workload
  const mask = Float32Array.from({ length: rows * (length - 1) }, (_, index) =>
    objective === ipo && index % (length - 1) < length / 4 ? 0 : 1,
  )
  const reference = objective === ipo ? { reference: new Float32Array(rows) } : {}
  const specs = { ...batchSpecs(rows, length), ...(objective === ipo ? { reference: { shape: [rows], dtype: "float32" } as const } : {}) }
  return timed(() => learner.step({ tokens: tokensOf(rows), mask, ...reference }, specs, 1e-4), workload.engine === "onnx" ? steps : 2)
}

const decoding = async () => {
  // An end-of-text that is no token: every row goes on to the end, as the peer's do.
  const decoder = new Decoder({
    configuration,
    endOfText: -1,
    batch: workload.batch,
    longest: workload.tokens,
    temperature: 1,
    purpose: "bench",
    seed: 0,
    engine: setting,
  })
  const requests = Array.from({ length: workload.batch }, (_, stream) => ({ prompt: Int32Array.of(0), stream }))
  return timed(() => decoder.decode(initial, requests))
}

const rows = workload.mode === "ipo" ? 2 * workload.batch : workload.batch
const { first, milliseconds } =
  workload.mode === "decode" ? await decoding() : await training(workload.mode === "ipo" ? ipo : crossEntropy, rows)
const tokens = workload.mode === "decode" ? workload.batch * workload.tokens : rows * workload.length
const products =
  workload.mode === "decode" || workload.engine !== "onnx"
    ? {}
    : { products: await productsOf(configuration, rows, workload.length, setting) }
const measured: Measured = {
  milliseconds,
  tokens_per_second: Math.round((tokens / milliseconds) * 1e3),
  peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
  compile: first - milliseconds,
  ...products,
}
console.log(JSON.stringify(measured))
