import { expect, test } from "vitest"
import { named, pipeline, sweep } from "../../dsl/index.ts"
import { corpus, evaluate, figure, label, optimize, sft } from "./fixtures/stages.ts"

const ids = (body: () => unknown) => pipeline("ids", body).graph.stages.map(({ id }) => id)

const base = () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ prompts: task.prompts, steps: 10, seed: 1 })
  return { task, reference, pairs: label({ policy: reference, judge: task.gold }) }
}

test("a stage is called by its path in what the body returns", () => {
  expect(ids(() => ({ first: { reference: base().reference } }))).toContain("first.reference")
})

test("a stage is called by its key also where that is the name of its only output", () => {
  expect(ids(() => ({ policy: base().reference }))).toContain("policy")
  expect(ids(() => ({ arm: { policy: base().reference } }))).toContain("arm.policy")
})

test("a point of a sweep is one segment of the path, its axes in the order written", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    return {
      arms: sweep({ beta: [0.1, 0.5], rate: [1, 2] }, ({ rate, beta }) => ({ offline: optimize({ reference, pairs, beta, rate }) })),
    }
  })
  expect(found.filter((id) => id.startsWith("arms") && id.endsWith("offline"))).toEqual([
    "arms.beta=0.1,rate=1.offline",
    "arms.beta=0.1,rate=2.offline",
    "arms.beta=0.5,rate=1.offline",
    "arms.beta=0.5,rate=2.offline",
  ])
})

test("a stage that is not returned is called by its nearest consumer and the port", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    return { online: optimize({ reference, pairs, beta: 0.1 }) }
  })
  expect(found).toEqual(["online.prompts", "online.reference", "online.pairs", "online"])
})

test("what several arms share does not bear the name of one of them, and keeps what all of them have in common", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    return {
      arms: sweep({ beta: [0.1, 0.5], rate: [1, 2] }, ({ beta, rate }) => {
        const warm = optimize({ reference, pairs, beta })
        const arm = optimize({ reference: warm.policy, pairs, beta, rate })
        return { offline: evaluate({ of: arm.policy }), online: evaluate({ of: optimize({ reference, pairs, beta, rate }).policy }) }
      }),
    }
  })
  expect(found.filter((id) => !/rate=/.test(id)).sort()).toEqual([
    "arms.beta=0.1.offline.of.reference",
    "arms.beta=0.5.offline.of.reference",
    "arms.judge",
    "arms.of.pairs",
    "arms.online.of.reference",
  ])
  expect(found.filter((id) => /rate=/.test(id))).toHaveLength(16)
})

test("what stages of other depths share is called by what their ids begin with", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    const deep = { a: { b: optimize({ reference, pairs, beta: 0.1 }) }, c: optimize({ reference, pairs, beta: 0.2 }) }
    return { runs: deep, other: evaluate({ of: optimize({ reference, pairs, beta: 0.3 }).policy }) }
  })
  expect(found).toContain("runs.reference")
  expect(found).toContain("runs.pairs")
})

test("a member of a collection is called by its place in the collection", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    const arms = sweep({ beta: [0.1, 0.5] }, ({ beta }) => ({ offline: evaluate({ of: optimize({ reference, pairs, beta }).policy }) }))
    return { figure: figure({ scores: arms }) }
  })
  expect(found).toContain("figure.scores.offline.beta=0.1")
  expect(found).toContain("figure.scores.offline.beta=0.5.of")
})

test("a stage returned alone is called by its own name", () => {
  expect(ids(() => corpus({ task: "tldr" }))).toEqual(["corpus"])
})

test("named overrides the path, wherever the stage is used", () => {
  const found = ids(() => {
    const { reference, pairs } = base()
    const proxy = named("proxy", optimize({ reference, pairs, beta: 0.1 }))
    return { scores: evaluate({ of: proxy.policy }), more: { policy: proxy.policy } }
  })
  expect(found.filter((id) => id === "proxy")).toHaveLength(1)
  expect(found).toContain("proxy.pairs")
})

test("two different stages cannot be given one name", () => {
  expect(() => ids(() => ({ a: named("same", corpus({ task: "tldr" })), b: named("same", corpus({ task: "sentiment" })) }))).toThrow(
    'two different stages are named "same"',
  )
})

test("a path that two stages share is told apart by a prime", () => {
  const found = ids(() => {
    const { task, reference } = base()
    return { named: named("a.b", evaluate({ of: reference })), a: { b: label({ policy: reference, judge: task.gold }) } }
  })
  expect(found).toContain("a.b")
  expect(found).toContain("a.b'")
})

test("ids are unique and every source is listed before its consumers", () => {
  const { graph } = pipeline("order", () => {
    const { reference, pairs } = base()
    return {
      a: sweep({ beta: [0.1, 0.2, 0.3] }, ({ beta }) => optimize({ reference, pairs, held: pairs, beta })),
      b: evaluate({ of: reference }),
    }
  })
  const seen = new Set<string>()
  for (const { id, inputs } of graph.stages) {
    for (const { from } of inputs.flatMap(({ sources }) => sources)) if (from.kind === "output") expect(seen).toContain(from.id)
    expect(seen).not.toContain(id)
    seen.add(id)
  }
})

test("results are what the body returned, in its order, outputs by name", () => {
  const { graph } = pipeline("results", () => {
    const { task, reference, pairs } = base()
    const arm = optimize({ reference, pairs, beta: 0.1 })
    return { second: arm.scores, task, first: arm }
  })
  expect(graph.results).toEqual([
    { id: "second", output: "scores" },
    { id: "task", output: "prompts" },
    { id: "task", output: "gold" },
    { id: "second", output: "policy" },
    { id: "second", output: "scores" },
  ])
})

test.each([
  ["a promise", async () => ({ a: corpus({ task: "tldr" }) }), 'the value is a promise: remove "async" and "await"'],
  ["a promise within", () => ({ a: { b: Promise.resolve(1) } }), '"a.b" is a promise'],
  ["a function", () => corpus, "the body returns no artifact, but a function: call the stage"],
  ["nothing", () => undefined, "the body returns no artifact, but undefined: end it with `return { … }`"],
  ["null", () => null, "the body returns no artifact, but null: return what a stage returned"],
  ["a number", () => 3, "the body returns no artifact, but 3: return what a stage returned"],
])("a body that returns %s is told what to return", (_, body, message) => {
  expect(() => pipeline("wrong", body)).toThrow(message)
})

test("a value that holds itself is refused by its place, and one that stands at two places is not", () => {
  const cycle: Record<string, unknown> = { a: corpus({ task: "tldr" }) }
  cycle.self = { deep: cycle }
  expect(() => pipeline("wrong", () => cycle)).toThrow('"self.deep" contains itself')
  const twice = { a: corpus({ task: "tldr" }) }
  expect(pipeline("right", () => ({ one: twice, two: twice })).graph.stages).toHaveLength(1)
})

test("a pipeline that returns no artifact is refused", () => {
  expect(() => pipeline("empty", () => ({ answer: 42 }))).toThrow(
    "pipeline empty: the body returns no artifact: return what a stage returned",
  )
})
