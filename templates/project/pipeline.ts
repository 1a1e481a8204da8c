/**
 * A small policy learns to write subject lines of mail, then to write those that a judge prefers.
 */

import { pipeline } from "assay"
import { corpus, evaluate, ipo, label, optimize, sample, sft } from "assay/stages"
import { responseLengths } from "./response-lengths.stage.js"

export default pipeline("first", () => {
  const task = corpus({ task: "ham" })
  const reference = sft({ corpus: task.text, size: "small", steps: 150, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, perPrompt: 2, seed: 2 })
  const pairs = label({ responses, judge: task.gold })
  const optimized = optimize({ reference, preferences: pairs, loss: ipo({ beta: 0.1 }), steps: 60, checkpoints: 4, seed: 3 })
  const against = { reference, prompts: task.prompts, opponent: reference, judge: task.gold }

  return {
    reference,
    pairs,
    evaluation: evaluate({ run: optimized.checkpoints, ...against }),
    lengths: responseLengths({ preferences: pairs, ties: false }),
  }
})
