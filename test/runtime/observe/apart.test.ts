import fc from "fast-check"
import { expect, test } from "vitest"
import { shortenApart } from "../../../runtime/observe/apart.ts"

const arms = [0.1, 0.5].flatMap((beta) => [1, 2].map((seed) => `arms.beta=${beta},learningRate=0.0003,seed=${seed},size=medium.online`))

test("texts that fit stay as they are", () => {
  expect(shortenApart(arms, 80)).toEqual(arms)
})

test("ids of arms lose what all have in common: the beginning first, then what lies between, then the end", () => {
  expect(shortenApart(arms, 55)[0]).toBe("…beta=0.1,learningRate=0.0003,seed=1,size=medium.online")
  expect(shortenApart(arms, 40)).toEqual([
    "…beta=0.1,…seed=1,size=medium.online",
    "…beta=0.1,…seed=2,size=medium.online",
    "…beta=0.5,…seed=1,size=medium.online",
    "…beta=0.5,…seed=2,size=medium.online",
  ])
  expect(shortenApart(arms, 20)[3]).toBe("…beta=0.5,…seed=2,…")
})

test("texts of which only some begin alike are told apart among themselves", () => {
  const start = "the same words at the beginning of two of three sentences, "
  expect(shortenApart([`${start}and this`, "another sentence, long enough to be cut", `${start}and that`], 20)).toEqual([
    expect.stringContaining("this"),
    "another sentence, l…",
    expect.stringContaining("that"),
  ])
})

test("nothing is longer than the room, and what differs at few places still differs", () => {
  const axis = fc.constantFrom("beta", "seed", "rate").chain((name) => fc.integer({ min: 0, max: 99 }).map((value) => `${name}=${value}`))
  const id = fc
    .array(axis, { minLength: 1, maxLength: 3 })
    .map((axes) => `experiments.with-a-long-name.${axes.join(",")}.offline.evaluation`)
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 6 }), fc.integer({ min: 26, max: 60 }), (ids, room) => {
      const short = shortenApart(ids, room)
      for (const text of short) expect([...text].length).toBeLessThanOrEqual(room)
      expect(new Set(short).size).toBe(ids.length)
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 6 }), fc.integer({ min: 1, max: 60 }), (texts, room) => {
      for (const text of shortenApart(texts, room)) expect([...text].length).toBeLessThanOrEqual(room)
    }),
  )
})
