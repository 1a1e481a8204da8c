/**
 * Online against offline preference optimisation on one task, small enough to run in a few minutes.
 */

import { pipeline, sweep } from "assay"
import { agreement, corpus, evaluate, frontier, ipo, label, optimize, optimizeOnline, preferenceModel, sample, sft } from "assay/stages"

export default pipeline("quickstart", () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 1200, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, limit: 5000, perPrompt: 4, seed: 2 })
  const pairs = label({ responses, judge: task.gold, pairing: "all" })
  const unseen = sample({ policy: reference, prompts: task.prompts, split: "test", perPrompt: 2, seed: 4 })
  const heldOut = label({ responses: unseen, judge: task.gold })
  const proxy = preferenceModel({ preferences: pairs, steps: 1000, seed: 3 })
  const proxyAgreement = agreement({ judge: proxy, preferences: heldOut })

  const arms = sweep({ seed: [1, 2, 3] }, ({ seed }) => {
    const training = { reference, loss: ipo({ beta: 0.1 }), steps: 300, learningRate: 1e-3, checkpoints: 5, seed }
    const offline = optimize({ ...training, preferences: pairs })
    const online = optimizeOnline({ ...training, prompts: task.prompts, judge: proxy })
    const against = { reference, prompts: task.prompts, opponent: reference, judge: task.gold, proxy, preferences: heldOut }
    return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
  })

  return {
    reference,
    responses,
    pairs,
    heldOut,
    proxy,
    proxyAgreement,
    arms,
    frontier: frontier({ evaluations: arms, classifications: arms }),
  }
})
