import { describe, expect, it } from "vitest"
import type { GenerationSource } from "../../../../serve/api.ts"
import { placeOf, promptParam } from "../../../../ui/views/generations/address.ts"
import {
  askResponseSet,
  judgedResponseSet,
  noResponseSets,
  responseSetLabel,
  showResponseSet,
  thinSteps,
} from "../../../../ui/views/generations/response-sets.ts"

const source = (artifact: GenerationSource["artifact"]): GenerationSource => ({
  id: "tldr.offline",
  at: {},
  artifact,
  output: artifact,
  key: "k",
  rows: 1,
})
const chosen = { id: "tldr.offline", output: "evaluation", step: null, against: null }
const responseSets = { steps: [9, 12, 19], against: ["golden", "sft"] }

describe("a response set", () => {
  it("is the last step against the reference, where nothing else was chosen", () => {
    const shown = showResponseSet(chosen, source("evaluation"), responseSets)
    expect(askResponseSet(shown)).toEqual({ key: "k", output: "evaluation", step: 19, against: "sft" })
    expect(responseSetLabel(shown)).toBe("tldr.offline at step 19")
  })

  it("is against the first opponent where it has no reference", () => {
    expect(showResponseSet(chosen, source("evaluation"), { steps: [], against: ["a", "b"] }).against).toBe("a")
  })

  it("is what was chosen", () => {
    const shown = showResponseSet({ ...chosen, step: 9, against: "golden" }, source("evaluation"), responseSets)
    expect(askResponseSet(shown)).toMatchObject({ step: 9, against: "golden" })
  })

  it("has all steps of what a learner saw, unless one was chosen", () => {
    expect(showResponseSet(chosen, source("preferences"), responseSets).step).toBeNull()
    expect(showResponseSet({ ...chosen, step: 9 }, source("preferences"), responseSets).step).toBe(9)
  })

  it("asks for no step and no opponent where the table has none", () => {
    expect(askResponseSet(showResponseSet(chosen, source("responses"), noResponseSets))).toEqual({ key: "k", output: "responses" })
  })
})

describe("many steps", () => {
  it("are thinned evenly, and the first and the last stay", () => {
    const steps = Array.from({ length: 100 }, (_, index) => index * 10)
    const thinned = thinSteps(steps, 32)
    expect([thinned.length, new Set(thinned).size, thinned[0], thinned.at(-1)]).toEqual([32, 32, 0, 990])
    expect(thinSteps(steps, 100)).toBe(steps)
  })
})

describe("the response set that an order is about", () => {
  it("is the last that was judged", () => {
    const [evaluation, responses] = [
      showResponseSet(chosen, source("evaluation"), responseSets),
      showResponseSet(chosen, source("responses"), noResponseSets),
    ]
    expect(judgedResponseSet([evaluation, evaluation, responses])).toBe(1)
    expect(judgedResponseSet([responses, responses])).toBe(1)
    expect(judgedResponseSet([])).toBe(0)
  })
})

describe("a place in an address", () => {
  it("is none where the list has no such place", () => {
    expect([0, 2, 3, -1, 0.5, null].map((value) => placeOf(value, 3))).toEqual([0, 2, null, null, null, null])
  })

  it("may be of an empty prompt", () => {
    expect(promptParam.read(promptParam.write(""))).toBe("")
    expect(promptParam.read(null)).toBeNull()
  })
})
