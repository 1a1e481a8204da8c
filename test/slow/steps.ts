/**
 * Ten thousand steps of training and as many drawn responses, on batches of many sizes. Prints the
 * resident size, MiB, along the way.
 */

import { integers } from "../../engine/random/philox.ts"
import { Decoder } from "../../learning/decode/decoder.ts"
import { crossEntropy } from "../../learning/objective/cross-entropy.ts"
import { gpt2 } from "../../learning/policy/architecture/gpt2.ts"
import { packSequences } from "../../learning/policy/packing.ts"
import { initialParameters } from "../../learning/policy/parameters.ts"
import { Learner } from "../../learning/trainer/learner.ts"

const configuration = gpt2({ vocabulary: 64, context: 48, width: 16, layers: 1, heads: 2 })
const engine = { engine: "onnx", device: "cpu", threads: 1, memory: "shared" } as const
const { shapes } = configuration
const learner = new Learner(shapes, initialParameters(shapes, 1, 0), crossEntropy(configuration), engine)
const decoder = new Decoder({
  configuration,
  endOfText: 0,
  batchSize: 8,
  maxNewTokens: 24,
  temperature: 1,
  purpose: "steps",
  seed: 0,
  engine,
})

const sizes: Array<number> = []
for (let step = 1; step <= 10_000; step++) {
  const lengths = integers(1, "lengths", step, 40, new Int32Array(8))
  const sequences = [...lengths].map((length, row) => ({
    prompt: Int32Array.of(0),
    response: integers(2, "tokens", 8 * step + row, 64, new Int32Array(1 + length)),
  }))
  const { specs, values } = packSequences(sequences, configuration.context)
  await learner.step(values, specs, 1e-3)
  if (step % 8 === 0) {
    const requests = Array.from({ length: 8 }, (_, row) => ({ prompt: Int32Array.of(0), stream: 8 * step + row }))
    await decoder.decode(learner.parameters, requests)
  }
  if (step % 1000 === 0) {
    globalThis.gc?.()
    sizes.push(Math.round(process.memoryUsage.rss() / 2 ** 20))
  }
}
console.log(JSON.stringify(sizes))
