/**
 * Two trainers on the same labelled pairs: Assay's own, and TRL's in a command stage. Both minimise
 * IPO on log-ratios per token by the same optimiser, for as many steps of as many pairs.
 */

import { pipeline, Schema, sweep } from "assay"
import {
  Checkpoints,
  command,
  corpus,
  evaluate,
  ipoAveraged,
  label,
  Metrics,
  optimize,
  Policy,
  Preferences,
  sample,
  sft,
} from "assay/stages"

const trl = command({
  name: "trl-ipo",
  inputs: { reference: Policy, preferences: Preferences },
  parameters: {
    beta: Schema.Finite,
    steps: Schema.Int,
    batchSize: Schema.Int,
    learningRate: Schema.Finite,
    seed: Schema.Int,
  },
  outputs: { checkpoints: Checkpoints, metrics: Metrics },
  files: ["train.py"],
  run: ["python3", "train.py"],
  environment: {
    python: { output: ["python3", "--version"] },
    packages: {
      output: [
        "python3",
        "-c",
        "from importlib.metadata import version\nfor name in ['torch', 'transformers', 'trl', 'datasets', 'accelerate', 'pyarrow']: print(name, version(name))",
      ],
    },
  },
  threads: 2,
  timeLimitMinutes: 60,
})

export default pipeline("trl", () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 1200, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, limit: 2000, perPrompt: 4, seed: 2 })
  const pairs = label({ responses, judge: task.gold, pairing: "all" })
  const answers = sample({ policy: reference, prompts: task.prompts, split: "test", limit: 500, perPrompt: 4, seed: 3 })
  const arms = sweep({ seed: [1, 2, 3] }, ({ seed }) => {
    const training = { reference, preferences: pairs, steps: 300, batchSize: 32, learningRate: 1e-3, seed }
    const own = optimize({ ...training, loss: ipoAveraged({ beta: 1 }), checkpoints: 1 })
    const theirs = trl({ ...training, beta: 1 })
    const against = { reference, prompts: task.prompts, answers: { reference: answers }, judge: task.gold, count: 500 }
    return {
      assay: { trained: own, evaluated: evaluate({ run: own.checkpoints, ...against }) },
      trl: { trained: theirs, evaluated: evaluate({ run: theirs.checkpoints, ...against }) },
    }
  })
  return { reference, pairs, arms }
})
