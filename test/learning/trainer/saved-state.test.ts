import type { Resume } from "assay"
import { expect, test } from "vitest"
import { type Resumable, restoreState, type SavedState } from "../../../learning/trainer/saved-state.ts"

/** What is saved at every offer, in memory. */
const inMemory = (): Resume => {
  let bytes: Uint8Array | undefined
  const save = async (content: Uint8Array) => {
    bytes = content.slice()
  }
  return { load: async () => bytes, save, offer: async (make) => save(await make()) }
}

const counter = (start = 0): Resumable & { value: number; calls: Array<SavedState> } => {
  const part = {
    value: start,
    calls: [] as Array<SavedState>,
    snapshot: () => ({ value: Float32Array.of(part.value) }),
    restore: (saved: SavedState) => {
      part.calls.push(saved)
      part.value = saved.value?.[0] as number
    },
  }
  return part
}

test("parts whose snapshots have the same names are saved apart, and each gets its own again", async () => {
  const resume = inMemory()
  const offerState = await restoreState(resume, {
    one: counter(1),
    "one/two": counter(2),
    empty: { snapshot: () => ({}), restore: () => {} },
  })
  await offerState(10)
  const [one, two] = [counter(), counter()]
  await restoreState(resume, { one, "one/two": two })
  expect([one.value, two.value]).toEqual([1, 2])
  expect(two.calls).toEqual([{ value: Float32Array.of(2) }])
})

test("without a save no part is asked to restore anything, and between tenth steps none is asked for its state", async () => {
  const part = counter(3)
  const offerState = await restoreState(inMemory(), {
    part: {
      ...part,
      snapshot: () => {
        throw new Error("asked")
      },
    },
  })
  expect(part.calls).toEqual([])
  for (let step = 1; step < 10; step++) await offerState(step)
  await expect(offerState(10)).rejects.toThrow("asked")
})
