import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { checkpointSteps } from "../../../learning/train/checkpoint.ts"
import { Epochs, epochs } from "../../../learning/trainer/epochs.ts"
import { warmupConstant, warmupCosine } from "../../../learning/trainer/schedule.ts"

describe("the learning rate", () => {
  test("climbs to its highest over a twentieth of the steps, then falls to nothing or stays", () => {
    const along = (schedule: typeof warmupCosine) => Array.from({ length: 200 }, (_, index) => schedule(index + 1, 200, 3))
    for (const rates of [along(warmupCosine), along(warmupConstant)]) {
      for (let step = 1; step <= 10; step++) expect(rates[step - 1]).toBeCloseTo(0.3 * step, 12)
    }
    expect(
      along(warmupConstant)
        .slice(10)
        .every((rate) => rate === 3),
    ).toBe(true)
    const falling = along(warmupCosine).slice(9)
    for (const [index, rate] of falling.entries()) if (index > 0) expect(rate).toBeLessThan(falling[index - 1] as number)
    expect(along(warmupCosine)[104]).toBeCloseTo(1.5, 1)
    expect(along(warmupCosine)[199]).toBeCloseTo(0, 12)
  })

  test("is above 0 and finite in a run of any length, but for the end of a cosine", () => {
    for (const steps of [1, 2, 3, 19]) {
      for (let step = 1; step <= steps; step++) {
        expect(warmupConstant(step, steps, 1)).toBe(1)
        expect(warmupCosine(step, steps, 1)).toBeGreaterThanOrEqual(0)
      }
      expect(warmupCosine(1, steps, 1)).toBe(1)
    }
  })
})

describe("the steps of checkpoints", () => {
  test("ascend, end with the last step, and are as many as asked for, or all where there are fewer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 30 }), (steps, count) => {
        const kept = checkpointSteps(steps, count)
        expect(kept.at(-1)).toBe(steps)
        expect(kept).toHaveLength(Math.min(count, steps))
        for (const [index, step] of kept.entries()) {
          expect(Number.isInteger(step) && step >= 1).toBe(true)
          if (index > 0) expect(step).toBeGreaterThan(kept[index - 1] as number)
        }
      }),
    )
  })

  test("are all of a run of as many steps, and those of a longer one stay as log-spaced as whole numbers can be", () => {
    expect(checkpointSteps(6, 6)).toEqual([1, 2, 3, 4, 5, 6])
    expect(checkpointSteps(3, 8)).toEqual([1, 2, 3])
    expect(checkpointSteps(12, 4)).toEqual([2, 3, 6, 12])
    expect(checkpointSteps(300, 5)).toEqual([16, 33, 69, 143, 300])
  })

  test("are denser at the beginning", () => {
    const kept = checkpointSteps(2000, 8)
    expect(kept[0]).toBeLessThan(100)
    const gaps = kept.slice(1).map((step, index) => step - (kept[index] as number))
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
  })
})

describe("epochs", () => {
  const take = (size: number, batchSize: number, steps: number, seed: number) => [...epochs(size, { batchSize, steps, seed })]

  test("go through all data once before anything comes again, and in another order each time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), fc.nat(100), (size, batch, seed) => {
        fc.pre(batch <= size)
        const perEpoch = Math.floor(size / batch)
        const batches = take(size, batch, 3 * perEpoch, seed)
        expect(batches).toHaveLength(3 * perEpoch)
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = batches.slice(epoch * perEpoch, (epoch + 1) * perEpoch).flat()
          expect(new Set(seen).size).toBe(perEpoch * batch)
          expect(seen.every((index) => index >= 0 && index < size)).toBe(true)
        }
      }),
    )
    const [first, second] = [take(64, 64, 2, 1)[0], take(64, 64, 2, 1)[1]]
    expect(first).not.toEqual(second)
  })

  test("that do not divide by the batch leave out others each time", () => {
    const seen = new Set(take(10, 8, 20, 3).flat())
    expect(seen.size).toBe(10)
    const times = new Array<number>(11).fill(0)
    for (const index of take(11, 8, 4000, 5).flat()) times[index] = (times[index] as number) + 1
    // 4000 epochs with a chance of 8 in 11 each: a standard deviation of 28.
    for (const count of times) expect(Math.abs(count - (4000 * 8) / 11)).toBeLessThan(5 * 28)
  })

  test("are the same in whichever order steps are asked for", () => {
    const batches = take(23, 4, 20, 7)
    const epochsAgain = new Epochs(23, { batchSize: 4, seed: 7 })
    for (const step of [20, 1, 6, 5, 13, 13, 2]) expect(epochsAgain.at(step)).toEqual(batches[step - 1])
  })

  test("of more than there is are refused", () => {
    expect(() => new Epochs(3, { batchSize: 4, seed: 1 })).toThrow(
      "there are 3 to draw batches of 4 from; use a smaller batch or more data",
    )
    expect(() => take(0, 1, 1, 1)).toThrow(expect.objectContaining({ tag: "TooLittleData" }))
  })

  test("of a longer run begin with those of a shorter one; of another seed they differ", () => {
    expect(take(50, 8, 30, 1).slice(0, 7)).toEqual(take(50, 8, 7, 1))
    expect(take(50, 8, 7, 2)).not.toEqual(take(50, 8, 7, 1))
  })
})
