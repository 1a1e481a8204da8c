/**
 * One side of a comparison, in a separate process: reads a workload as JSON, and prints its
 * measurements as JSON.
 */

import * as tf from "@tensorflow/tfjs"
import * as ort from "onnxruntime-node"
import type { EngineSetting } from "../../engine/index.ts"
import { Decoder } from "../../learning/decode/decoder.ts"
import { crossEntropy } from "../../learning/objective/cross-entropy.ts"
import { gpt2 } from "../../learning/policy/architecture/gpt2.ts"
import { packSequences } from "../../learning/policy/packing.ts"
import { initialParameters } from "../../learning/policy/parameters.ts"
import { sequenceLogProbability } from "../../learning/policy/sequence.ts"
import { Learner } from "../../learning/trainer/learner.ts"
import type { Objective } from "../../learning/trainer/objective.ts"
import { profiling, readProfile } from "./profile.ts"
import { type Measured, median, type Workload } from "./workload.ts"

const warmup = 3
const steps = 12

const workload = JSON.parse(process.argv[2] ?? "") as Asked
/**
 * `profiled` also measures the share of each operator; calls then take longer, so their times must
 * not be compared.
 */
type Asked = Workload & { readonly engine: EngineSetting["engine"]; readonly profiled?: true }
const setting: EngineSetting = { engine: workload.engine, device: "cpu", threads: workload.threads }
const configuration = gpt2({
  vocabulary: workload.vocab,
  context: Math.max(workload.length, workload.tokens),
  width: workload.width,
  layers: workload.layers,
  heads: workload.heads,
})
const { shapes } = configuration
const initial = initialParameters(shapes, configuration.layers, 0)

const profile = workload.profiled ? await profiling() : undefined
let lastSession: ort.InferenceSession | undefined
/** Milliseconds that were spent in ONNX Runtime. */
let native = 0
const create = ort.InferenceSession.create.bind(ort.InferenceSession) as (
  bytes: Uint8Array,
  options: ort.InferenceSession.SessionOptions,
) => Promise<ort.InferenceSession>
Object.assign(ort.InferenceSession, {
  create: async (bytes: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
    const session = await create(bytes, { ...options, ...profile?.options })
    lastSession = session
    const run = session.run.bind(session) as (...given: ReadonlyArray<unknown>) => Promise<unknown>
    const timed = async (...inputs: ReadonlyArray<unknown>) => {
      const start = performance.now()
      try {
        return await run(...inputs)
      } finally {
        native += performance.now() - start
      }
    }
    return Object.assign(session, { run: timed })
  },
})

interface Timed {
  readonly first: number
  readonly milliseconds: number
  /** The milliseconds of a step outside of ONNX Runtime. */
  readonly javascript: number
}

/** The milliseconds of each step after the warm-up, and of the first step, which compiles. */
const timed = async (step: () => Promise<unknown>, count = steps): Promise<Timed> => {
  const times: Array<{ readonly whole: number; readonly javascript: number }> = []
  for (let round = 0; round < warmup + count; round++) {
    native = 0
    const start = performance.now()
    await step()
    const whole = performance.now() - start
    times.push({ whole, javascript: whole - native })
  }
  const later = times.slice(warmup)
  return {
    first: times[0]?.whole as number,
    milliseconds: median(later.map(({ whole }) => whole)),
    javascript: median(later.map(({ javascript }) => javascript)),
  }
}

/**
 * Sequences of the workload's length whose first `prompt` tokens are the same in both halves of the
 * rows. With a prompt of one token the work equals that of the peer, which computes the logits of
 * all positions; a prompt of a quarter is what its loss leaves out.
 */
const sequencesOf = (rows: number, prompt: number) =>
  Array.from({ length: rows }, (_, row) => {
    const token = (position: number) => {
      const start = prompt > 1 && position < prompt ? row % (rows / 2) : row
      return ((start * workload.length + position) * 7919) % configuration.vocabulary
    }
    const tokens = Int32Array.from({ length: workload.length }, (_, position) => token(position))
    return { prompt: tokens.subarray(0, prompt), response: tokens.subarray(prompt) }
  })

/** The IPO step of the peer, with known log-probabilities of the reference. */
const ipo: Objective = (parameters, { reference, ...packed }) => {
  const ratio = tf.sub(sequenceLogProbability(configuration, parameters, packed), reference as tf.Tensor)
  const margins = tf.sub(tf.slice(ratio, [0], [workload.batch]), tf.slice(ratio, [workload.batch], [workload.batch]))
  return { loss: tf.mean(tf.square(tf.sub(margins, 5))) }
}

const training = async (objective: Objective, rows: number) => {
  const learner = new Learner(shapes, initial, objective, setting)
  const sequences = sequencesOf(rows, workload.mode === "ipo-shared" ? workload.length / 4 : 1)
  const reference = objective === ipo ? { reference: new Float32Array(rows) } : {}
  const referenceSpec = objective === ipo ? { reference: { shape: [rows], dtype: "float32" } as const } : {}
  const step = () => {
    const { specs, values } = packSequences(sequences, configuration.context)
    return learner.step({ ...values, ...reference }, { ...specs, ...referenceSpec }, 1e-4)
  }
  return timed(step, workload.engine === "onnx" ? steps : 2)
}

const decoding = async () => {
  // An end-of-text outside of the vocabulary: every row runs to the full length, as in the peer.
  const decoder = new Decoder({
    configuration,
    endOfText: -1,
    batchSize: workload.batch,
    maxNewTokens: workload.tokens,
    temperature: 1,
    purpose: "bench",
    seed: 0,
    engine: setting,
  })
  const requests = Array.from({ length: workload.batch }, (_, stream) => ({ prompt: Int32Array.of(0), stream }))
  return timed(() => decoder.decode(initial, requests))
}

const isPairs = workload.mode === "ipo" || workload.mode === "ipo-shared"
const rows = isPairs ? 2 * workload.batch : workload.batch
const { first, milliseconds, javascript } =
  workload.mode === "decode" ? await decoding() : await training(isPairs ? ipo : crossEntropy(configuration), rows)
const tokens = workload.mode === "decode" ? workload.batch * workload.tokens : rows * workload.length
const measured: Measured = {
  milliseconds,
  tokens_per_second: Math.round((tokens / milliseconds) * 1e3),
  peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
  compile: first - milliseconds,
  ...(workload.engine === "onnx" ? { javascript } : {}),
  ...(profile === undefined ? {} : { profile: await readProfile(lastSession as ort.InferenceSession, profile.folder, warmup) }),
}
console.log(JSON.stringify(measured))
