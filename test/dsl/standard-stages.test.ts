/**
 * The standard stages as the language sees them: what can be wired, and what the compiler and the
 * declaration both refuse.
 */

import { pipeline, swap, sweep } from "assay"
import {
  bestOfN,
  bo2,
  corpus,
  evaluate,
  frontier,
  goldenPolicy,
  goldenPreferenceModel,
  ipo,
  label,
  mislabel,
  optimize,
  optimizeOnline,
  policyAt,
  preferenceModel,
  sample,
  sft,
  shuffle,
  subsetAtRandom,
  subsetByCoverage,
  subsetByQuality,
} from "assay/stages"
import { expect, test } from "vitest"
import { problemsIn } from "./fixtures/compiler.ts"

const task = corpus({ task: "sentiment" })
const reference = sft({ corpus: task.text, size: "small", steps: 600, seed: 1 })
const responses = sample({ policy: reference, prompts: task.prompts, perPrompt: 2, seed: 2 })
const pairs = label({ responses, judge: task.gold })
const proxy = preferenceModel({ preferences: pairs, steps: 400, seed: 3 })
const loss = ipo({ beta: 0.1 })
const against = { reference, prompts: task.prompts, opponent: reference, judge: task.gold }

test("online against offline is a pipeline of a dozen lines", () => {
  const { graph } = pipeline("online-vs-offline", () => {
    const arms = sweep({ beta: [0.1, 0.5], seed: [1, 2, 3] }, ({ beta, seed }) => {
      const loss = ipo({ beta })
      const offline = optimize({ reference, preferences: pairs, loss, steps: 600, seed })
      const online = optimizeOnline({ reference, prompts: task.prompts, judge: proxy, loss, steps: 600, seed })
      return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
    })
    return { arms, figure: frontier({ evaluations: arms }) }
  })
  expect(graph.stages).toHaveLength(5 + 6 * 4 + 1)
  const ids = graph.stages.map(({ id }) => id)
  for (const id of ["arms.beta=0.1,seed=1.online", "arms.beta=0.5,seed=3.offline", "arms.beta=0.1,seed=1.online.run", "figure"])
    expect(ids).toContain(id)
})

test("an online learner is never handed the gold judge", () => {
  expect(() =>
    // @ts-expect-error: gold is for labelling and evaluation
    optimizeOnline({ reference, prompts: task.prompts, judge: task.gold, loss, steps: 600, seed: 1 }),
  ).toThrow('stage optimize-online: "judge" expects proxy-judge, got gold-judge')
})

test("nor is it handed a golden preference model, or the gold of a task that is fitted", () => {
  const learner = { reference, prompts: task.prompts, loss, steps: 600, seed: 1 }
  const golden = goldenPreferenceModel({ preferences: pairs, steps: 1, seed: 1 })
  // @ts-expect-error: trained as a proxy is, and yet gold
  expect(() => optimizeOnline({ ...learner, judge: golden })).toThrow('"judge" expects proxy-judge, got gold-judge')
  // @ts-expect-error: the stage behind it makes no difference
  expect(() => optimizeOnline({ ...learner, judge: corpus({ task: "tldr" }).gold })).toThrow('"judge" expects proxy-judge')
})

test("every task has text, prompts and gold, and what is its own by its name", () => {
  for (const name of ["sentiment", "tldr", "define", "ham"] as const) {
    const { text, prompts, gold, tokenization, maxNewTokens } = corpus({ task: name })
    expect([text.type.name, prompts.type.name, gold.type.name]).toEqual(["text", "prompts", "gold-judge"])
    const policy = sft({ corpus: text, ...tokenization, size: "small", steps: 1, seed: 1 })
    expect(label({ responses: sample({ policy, prompts, perPrompt: 2, maxNewTokens, seed: 1 }), judge: gold }).type.name).toBe(
      "preferences",
    )
  }
  expect(corpus({ task: "sentiment" }).ratings.type.name).toBe("ratings")
  // @ts-expect-error: the words of Debian's descriptions have no ratings
  expect(corpus({ task: "tldr" }).ratings).toBeUndefined()
})

test("a golden policy is trained against gold, and against nothing else", () => {
  const training = { reference, prompts: task.prompts, loss, steps: 600, seed: 1 }
  expect(goldenPolicy({ ...training, judge: task.gold }).stream.type.name).toBe("preferences")
  expect(() =>
    // @ts-expect-error: online training against a proxy has its own name
    goldenPolicy({ ...training, judge: proxy }),
  ).toThrow('stage golden-policy: "judge" expects gold-judge, got proxy-judge')
})

test("data arms are preferences made of preferences, and a checkpoint becomes a policy", () => {
  const training = { reference, loss, steps: 600, seed: 1 }
  const { stream, checkpoints } = optimizeOnline({ ...training, prompts: task.prompts, judge: proxy, synchronise: 4 })
  const final = policyAt({ run: checkpoints, step: "last" })
  for (const preferences of [
    shuffle({ preferences: stream, window: 500, seed: 1 }),
    shuffle({ preferences: stream, window: "all", seed: 1 }),
    mislabel({ preferences: pairs, fraction: 0.1, seed: 1 }),
    bestOfN({ preferences: pairs }),
    subsetAtRandom({ preferences: pairs, fraction: 0.5 }),
    subsetByQuality({ preferences: pairs, fraction: 0.5, keep: "highest" }),
    subsetByCoverage({ preferences: pairs, fraction: 0.5, keep: "lowest", target: final, reference }),
    label({ responses: sample({ policy: final, prompts: task.prompts, perPrompt: 2, seed: 1 }), judge: task.gold }),
  ])
    expect(optimize({ ...training, preferences, loss: bo2() }).checkpoints.type.name).toBe("checkpoints")
  // @ts-expect-error
  expect(() => shuffle({ preferences: stream, window: "half", seed: 1 })).toThrow(/^stage shuffle: .*window/s)
  expect(() => shuffle({ preferences: stream, window: 0, seed: 1 })).toThrow(/^stage shuffle: .*window/s)
  expect(() => mislabel({ preferences: pairs, fraction: 1.5, seed: 1 })).toThrow(/^stage mislabel: .*fraction/s)
  expect(() => subsetAtRandom({ preferences: pairs, fraction: 0 })).toThrow(/^stage subset-at-random: .*fraction/s)
  // @ts-expect-error
  expect(() => policyAt({ run: stream, step: 1 })).toThrow('"run" expects checkpoints, got preferences')
  // @ts-expect-error
  expect(() => policyAt({ run: checkpoints, step: "middle" })).toThrow(/^stage policy-at: .*step/s)
})

test("an evaluation is never judged by the proxy", () => {
  expect(() =>
    // @ts-expect-error: the proxy is what was optimised
    evaluate({ run: optimize({ reference, preferences: pairs, loss, steps: 1, seed: 1 }).checkpoints, ...against, judge: proxy }),
  ).toThrow('stage evaluate: "judge" expects gold-judge, got proxy-judge')
})

test("prompts are not responses, checkpoints are not a policy, a stream is not metrics", () => {
  const { checkpoints, stream, metrics } = optimizeOnline({ reference, prompts: task.prompts, judge: proxy, loss, steps: 1, seed: 1 })
  // @ts-expect-error
  expect(() => label({ responses: task.prompts, judge: task.gold })).toThrow('"responses" expects responses, got prompts')
  // @ts-expect-error
  expect(() => sample({ policy: checkpoints, prompts: task.prompts, perPrompt: 1, seed: 1 })).toThrow('"policy" expects policy')
  // @ts-expect-error
  expect(() => optimize({ reference, preferences: metrics, loss, steps: 1, seed: 1 })).toThrow('"preferences" expects preferences')
  // @ts-expect-error
  expect(() => swap(checkpoints, { replace: stream, by: metrics })).toThrow("swap: preferences cannot be replaced by metrics")
  expect(optimize({ reference, preferences: stream, loss, steps: 1, seed: 1, order: "stream" }).checkpoints.type.name).toBe("checkpoints")
})

test("parameters have names, types and ranges", () => {
  // @ts-expect-error: the field calls it learningRate here
  expect(() => optimize({ reference, preferences: pairs, loss, steps: 1, seed: 1, lr: 1 })).toThrow(/^stage optimize: .*\["lr"\]/s)
  // @ts-expect-error
  expect(() => sft({ corpus: task.text, size: "huge", steps: 1, seed: 1 })).toThrow(/^stage sft: .*\["size"\]/s)
  // @ts-expect-error
  expect(() => optimize({ reference, preferences: pairs, loss: "ipo", steps: 1, seed: 1 })).toThrow(/^stage optimize: .*\["loss"\]/s)
  expect(() => optimize({ reference, preferences: pairs, loss: ipo({ beta: 0 }), steps: 1, seed: 1 })).toThrow(/^loss ipo: .*beta/s)
  expect(() => optimize({ reference, preferences: pairs, loss, steps: 0, seed: 1 })).toThrow(/^stage optimize: .*\["steps"\]/s)
  expect(() => optimize({ reference, preferences: pairs, loss, steps: 1, seed: -1 })).toThrow(/^stage optimize: .*\["seed"\]/s)
})

test("the compiler refuses exactly what is marked in this file", () => {
  expect(problemsIn(import.meta.filename)).toEqual([])
})
