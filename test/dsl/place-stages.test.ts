import { expect, test } from "vitest"
import type { GraphStage } from "../../dsl/graph.ts"
import { named, pipeline, swap, sweep } from "../../dsl/index.ts"
import { corpus, evaluate, figure, label, optimize, sft } from "./fixtures/stages.ts"

const stagesOf = (body: () => unknown): ReadonlyArray<GraphStage> => pipeline("places", body).graph.stages

/** By group, the points of its stages, in order. */
const groupsOf = (stages: ReadonlyArray<GraphStage>): Readonly<Record<string, ReadonlyArray<GraphStage["at"]>>> => {
  const groups: Record<string, Array<GraphStage["at"]>> = {}
  for (const { group, at } of stages) groups[group] = [...(groups[group] ?? []), at]
  return groups
}

const base = () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ prompts: task.prompts, steps: 10, seed: 1 })
  return { task, reference, pairs: label({ policy: reference, judge: task.gold }) }
}

test("stages that differ only in axes are one group, and what is outside of the sweep is at no point", () => {
  const groups = groupsOf(
    stagesOf(() => {
      const { reference, pairs } = base()
      return {
        arms: sweep({ beta: [0.1, 0.5], rate: [1, 2] }, ({ beta, rate }) => ({
          offline: evaluate({ of: optimize({ reference, pairs, beta, rate }).policy }),
        })),
      }
    }),
  )
  const grid = [0.1, 0.5].flatMap((beta) => [1, 2].map((rate) => ({ beta, rate })))
  expect(groups["arms.offline"]).toEqual(grid)
  expect(groups["arms.offline.of"]).toEqual(grid)
  expect(groups["arms.offline.of.reference"]).toEqual([{}])
  expect(Object.values(groups).flat()).toHaveLength(8 + 3)
})

test("a stage that some points share has the axes that it depends on, and is a group with its like", () => {
  const groups = groupsOf(
    stagesOf(() => {
      const { reference, pairs } = base()
      return {
        arms: sweep({ beta: [0.1, 0.5], rate: [1, 2] }, ({ beta, rate }) => {
          const warm = optimize({ reference, pairs, beta })
          return { arm: optimize({ reference: warm.policy, pairs, beta, rate }) }
        }),
      }
    }),
  )
  expect(groups["arms.arm.reference"]).toEqual([{ beta: 0.1 }, { beta: 0.5 }])
})

test("a stage that is returned at points that it does not depend on has the axes that it depends on", () => {
  const groups = groupsOf(
    stagesOf(() => {
      const { reference, pairs } = base()
      return sweep({ beta: [0.1, 0.5], rate: [1, 2] }, ({ beta, rate }) => {
        const warm = optimize({ reference, pairs, beta })
        return { warm, arm: optimize({ reference: warm.policy, pairs, beta, rate }) }
      })
    }),
  )
  expect(groups.warm).toEqual([{ beta: 0.1 }, { beta: 0.5 }])
})

test("values with dots, commas and equals signs are what they are", () => {
  const values = ["a.b,c=d", "e,f=1.25"] as const
  const groups = groupsOf(
    stagesOf(() => {
      const { reference, pairs } = base()
      return sweep({ rate: values }, ({ rate }) => ({ policy: optimize({ reference, pairs, beta: rate.length }) }))
    }),
  )
  expect(groups.policy).toEqual(values.map((rate) => ({ rate })))
})

test("members of a collection, sweeps in sweeps, and what they are made of", () => {
  const groups = groupsOf(
    stagesOf(() => {
      const { reference, pairs } = base()
      return sweep({ world: [1, 2] }, ({ world }) => {
        const arms = sweep({ beta: [0.1, 0.5] }, ({ beta }) => ({
          offline: evaluate({ of: optimize({ reference, pairs, beta, rate: world }).policy }),
        }))
        return { figure: figure({ scores: arms }) }
      })
    }),
  )
  const grid = [1, 2].flatMap((world) => [0.1, 0.5].map((beta) => ({ world, beta })))
  expect(groups.figure).toEqual([{ world: 1 }, { world: 2 }])
  expect(groups["figure.scores.offline"]).toEqual(grid)
  expect(groups["figure.scores.offline.of"]).toEqual(grid)
})

test("names that were given for each point do not keep a group apart", () => {
  const groups = groupsOf(
    stagesOf(() => {
      const { pairs, task } = base()
      return sweep({ world: [1, 2] }, ({ world }) => {
        const reference = named(`world ${world}.reference`, sft({ prompts: task.prompts, steps: 30, seed: world }))
        return { scores: evaluate({ of: optimize({ reference, pairs, beta: 0.1 }).policy }) }
      })
    }),
  )
  expect(groups.reference).toEqual([{ world: 1 }, { world: 2 }])
  expect(groups["scores.of"]).toEqual([{ world: 1 }, { world: 2 }])
})

test("stages at other places, of other declarations, or with inputs from other groups are other groups", () => {
  const stages = stagesOf(() => {
    const { reference, pairs, task } = base()
    const arms = sweep({ beta: [0.1, 0.5] }, ({ beta }) => {
      const policy = optimize({ reference, pairs, beta }).policy
      return { a: evaluate({ of: policy }), b: label({ policy, judge: task.gold }) }
    })
    const noisy = label({ policy: sft({ prompts: task.prompts, steps: 20, seed: 1 }), judge: task.gold })
    return {
      arms,
      swapped: swap(arms, { replace: pairs, by: noisy }),
      mixed: sweep({ beta: [0.1, 0.5] }, ({ beta }) => ({
        a: beta === 0.1 ? evaluate({ of: reference }) : label({ policy: reference, judge: task.gold }),
      })),
    }
  })
  const groups = groupsOf(stages)
  expect(groups["arms.a"]).toHaveLength(2)
  expect(groups["arms.b"]).toHaveLength(2)
  expect(groups["swapped.a"]).toHaveLength(2)
  expect(groups["mixed.beta=0.1.a"]).toEqual([{ beta: 0.1 }])
  expect(groups["mixed.beta=0.5.a"]).toEqual([{ beta: 0.5 }])
})

test("a group has one declaration, the same axes everywhere, and at each point one stage", () => {
  const stages = stagesOf(() => {
    const { reference, pairs } = base()
    const arms = (rate: number) =>
      sweep({ beta: [0.1, 0.5], seed: [1, 2, 3] }, ({ beta, seed }) =>
        evaluate({ of: optimize({ reference, pairs, beta, rate: rate + (seed % 2) }).policy }),
      )
    return { one: figure({ scores: arms(1) }), two: figure({ scores: { a: arms(1), b: arms(2) } }), three: figure({ scores: arms(2) }) }
  })
  const groups = new Map<string, Array<GraphStage>>()
  for (const stage of stages) groups.set(stage.group, [...(groups.get(stage.group) ?? []), stage])
  for (const [group, members] of groups) {
    expect(new Set(members.map(({ declaration }) => declaration)).size, group).toBe(1)
    expect(new Set(members.map(({ at }) => Object.keys(at).join())).size, group).toBe(1)
    expect(new Set(members.map(({ at }) => JSON.stringify(at))).size, group).toBe(members.length)
  }
})
