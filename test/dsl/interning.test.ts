import { expect, test } from "vitest"
import { pipeline, sweep } from "../../dsl/index.ts"
import { corpus, evaluate, figure, label, optimize, sft } from "./fixtures/stages.ts"

test("the same declaration twice is one stage", () => {
  const { stages, results } = pipeline("twice", () => ({ a: corpus({ task: "tldr" }), b: corpus({ task: "tldr" }) })).graph
  expect(stages.map(({ id }) => id)).toEqual(["a"])
  expect(results.map(({ id }) => id)).toEqual(["a", "a", "a", "a"])
})

test("equal declarations over equal inputs are one stage, however deep", () => {
  const arm = () => {
    const task = corpus({ task: "tldr" })
    const reference = sft({ prompts: task.prompts, steps: 5, seed: 1 })
    return optimize({ reference, pairs: label({ policy: reference, judge: task.gold }), beta: 0.1 })
  }
  expect(pipeline("deep", () => ({ a: arm(), b: arm() })).graph.stages).toHaveLength(4)
})

test("the order in which options are written makes no difference", () => {
  const { prompts } = corpus({ task: "tldr" })
  const both = { a: sft({ prompts, steps: 5, seed: 1 }), b: sft({ seed: 1, steps: 5, prompts }) }
  expect(pipeline("order", () => both).graph.stages).toHaveLength(2)
})

test("a default that is written out is the same stage", () => {
  const { prompts, gold } = corpus({ task: "tldr" })
  const reference = sft({ prompts, steps: 5, seed: 1 })
  const pairs = label({ policy: reference, judge: gold })
  const both = { a: optimize({ reference, pairs, beta: 1 }), b: optimize({ reference, pairs, beta: 1, rate: 0.001 }) }
  expect(pipeline("default", () => both).graph.stages).toHaveLength(4)
})

test("a different parameter, or another output of the same stage, is a different stage", () => {
  const { prompts, gold } = corpus({ task: "tldr" })
  const reference = sft({ prompts, steps: 5, seed: 1 })
  const arm = optimize({ reference, pairs: label({ policy: reference, judge: gold }), beta: 1 })
  const scores = { a: evaluate({ of: arm.policy }), b: evaluate({ of: gold }), c: evaluate({ of: reference }) }
  expect(pipeline("different", () => scores).graph.stages).toHaveLength(7)
})

test("labels of a collection are part of what is drawn", () => {
  const { gold } = corpus({ task: "tldr" })
  const scores = evaluate({ of: gold })
  const figures = { a: figure({ scores: { online: scores } }), b: figure({ scores: { offline: scores } }) }
  expect(pipeline("labels", () => figures).graph.stages).toHaveLength(4)
})

test("ten thousand stages are declared well under a second", () => {
  const betas = Array.from({ length: 5_000 }, (_, index) => index + 1)
  const declare = () =>
    pipeline("wide", () => {
      const task = corpus({ task: "tldr" })
      const reference = sft({ prompts: task.prompts, steps: 5, seed: 1 })
      const pairs = label({ policy: reference, judge: task.gold })
      const arms = sweep({ beta: betas }, ({ beta }) => evaluate({ of: optimize({ reference, pairs, beta }).policy }))
      return { arms, figure: figure({ scores: arms }) }
    })
  // CPU time, and the best of a few: other tests share the machine.
  const milliseconds = Array.from({ length: 3 }, () => {
    const started = process.cpuUsage()
    expect(declare().graph.stages).toHaveLength(10_004)
    return process.cpuUsage(started).user / 1000
  })
  expect(Math.min(...milliseconds)).toBeLessThan(1_000)
})

test("a chain of ten thousand stages does not overflow the stack", () => {
  const { graph } = pipeline("long", () => {
    const task = corpus({ task: "tldr" })
    const first = sft({ prompts: task.prompts, steps: 5, seed: 1 })
    const pairs = label({ policy: first, judge: task.gold })
    return Array.from({ length: 10_000 }).reduce<typeof first>((reference) => optimize({ reference, pairs, beta: 1 }).policy, first)
  })
  expect(graph.stages).toHaveLength(10_003)
})
