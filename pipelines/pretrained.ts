/**
 * Online against offline preference optimisation of a pretrained language model, by low-rank
 * adapters: SmolLM2-135M-Instruct, in the folder `models/SmolLM2-135M-Instruct`. Both arms learn
 * from gold labels and differ in who draws the pairs: the model before training, or the policy
 * itself at each step. VADER is gold; the sentiment of `wink-nlp` is a second judge, which nothing
 * is trained on.
 */

import { pipeline, sweep } from "assay"
import { corpus, evaluate, frontier, goldenPolicy, importPolicy, ipo, label, optimize, sample } from "assay/stages"

const seeds = [1, 2, 3]
const steps = 60
const batchSize = 8
const maxNewTokens = 24
const checkpoints = 4

export default pipeline("pretrained", () => {
  const { prompts, gold, independent } = corpus({ task: "sentiment" })
  const reference = importPolicy({ directory: "models/SmolLM2-135M-Instruct", prompts: "text" })
  const answers = sample({ policy: reference, prompts, split: "test", limit: 192, perPrompt: 1, maxNewTokens, seed: 1 })

  const arms = sweep({ seed: seeds }, ({ seed }) => {
    const training = {
      reference,
      loss: ipo({ beta: 0.1 }),
      lora: { rank: 16, alpha: 32 },
      learningRate: 3e-4,
      steps,
      batchSize,
      checkpoints,
      seed,
    }
    const responses = sample({ policy: reference, prompts, limit: steps * batchSize, perPrompt: 2, maxNewTokens, seed: 10 + seed })
    const offline = optimize({ ...training, preferences: label({ responses, judge: gold }) })
    const online = goldenPolicy({ ...training, prompts, maxNewTokens, judge: gold })
    const against = { reference, prompts, answers: { sft: answers }, judge: gold, independent, count: 192, maxNewTokens }
    return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
  })

  return {
    reference,
    answers,
    arms,
    frontier: frontier({
      evaluations: arms,
      title: "SmolLM2-135M-Instruct, online and offline IPO with adapters of rank 16",
      caption:
        "Both arms learn from VADER's labels. The model is SmolLM2-135M-Instruct, which had been fine-tuned on instructions and aligned by DPO on UltraFeedback before; its weights were quantised to Q4_1 and widened again.",
    }),
  }
})
