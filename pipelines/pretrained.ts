/**
 * Online against offline preference optimisation of a pretrained language model, by low-rank
 * adapters: SmolLM2-135M-Instruct, in the folder `models/SmolLM2-135M-Instruct`. Both arms learn
 * from gold's labels and differ in who draws the pairs: the model before training, or the policy
 * itself at each step. VADER is gold; the sentiment of `wink-nlp` judges the same responses, and
 * nothing is trained on it.
 */

import { pipeline, sweep } from "assay"
import { corpus, evaluate, frontier, goldenPolicy, importPolicy, ipo, label, optimize, sample } from "assay/stages"

const seeds = [1, 2, 3]
const steps = 60
const batchSize = 8
const maxNewTokens = 24
/** Prompts that checkpoints are compared on. */
const count = 192

const history =
  "The model had been fine-tuned on instructions, and aligned by DPO on UltraFeedback, before; its weights were quantised to 4 bits (Q4_1) and widened again."

export default pipeline("pretrained", () => {
  const { prompts, gold, independent } = corpus({ task: "sentiment" })
  const reference = importPolicy({ directory: "models/SmolLM2-135M-Instruct", prompts: "text" })
  const original = sample({ policy: reference, prompts, split: "test", limit: count, perPrompt: 1, maxNewTokens, seed: 1 })

  /** The same runs for each judge: what they have in common is computed once. */
  const armsJudgedBy = (judge: typeof gold) =>
    sweep({ seed: seeds }, ({ seed }) => {
      const training = {
        reference,
        loss: ipo({ beta: 0.1 }),
        lora: { rank: 16, alpha: 32 },
        learningRate: 1e-3,
        steps,
        batchSize,
        checkpoints: 4,
        seed,
      }
      const responses = sample({ policy: reference, prompts, limit: steps * batchSize, perPrompt: 2, maxNewTokens, seed: 10 + seed })
      const offline = optimize({ ...training, preferences: label({ responses, judge: gold }) })
      const online = goldenPolicy({ ...training, prompts, maxNewTokens, judge: gold })
      const against = { reference, prompts, answers: { original }, judge, count, pairs: 32, maxNewTokens }
      return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
    })
  const arms = armsJudgedBy(gold)
  const armsByAnother = armsJudgedBy(independent)

  const title = "SmolLM2-135M-Instruct, IPO with adapters of rank 16"
  return {
    reference,
    original,
    arms,
    armsByAnother,
    frontier: frontier({ evaluations: arms, title, caption: `Gold is VADER, which labelled all pairs. ${history}` }),
    frontierByAnother: frontier({
      evaluations: armsByAnother,
      title: `${title}, judged by another`,
      caption: `The judge is wink-nlp's sentiment, which no arm was trained on. ${history}`,
    }),
  }
})
