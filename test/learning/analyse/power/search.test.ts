import { expect, test } from "vitest"
import {
  addedCost,
  type Components,
  type Costs,
  type Design,
  degreesOf,
  detectableEffect,
  findCheapestDesign,
  forecast,
  inferUnitDegrees,
  limits,
  type Pilot,
  seedsAlone,
  varianceOf,
} from "../../../../learning/analyse/power/index.ts"

const pilotOf = (components: Components, design: Design): Pilot => ({
  components,
  design,
  se: Math.sqrt(varianceOf(components, design)),
  degrees: degreesOf(components, design),
})

const now = { worlds: 2, seeds: 2, prompts: 256 }
const pilot = pilotOf({ world: 0.01, seed: 0.015, sampling: 0.23, prompt: 0.17 }, now)
const costs: Costs = { evaluation: { study: 0, worlds: 8, seeds: 40 }, other: { study: 100, worlds: 60, seeds: 200 } }

const detectable = (each: Pilot, design: Design) => detectableEffect(forecast(each, design))

/** Every design that is considered, in no order: to be compared with what a search finds. */
const everyDesign = (from: Design, hasWorlds: boolean): ReadonlyArray<Design> => {
  const designs: Array<Design> = []
  for (let prompts = from.prompts; prompts <= limits.prompts; prompts *= 2)
    for (let seeds = from.seeds; seeds <= limits.seeds; seeds++)
      for (let worlds = from.worlds; worlds <= (hasWorlds ? limits.worlds : from.worlds); worlds++) designs.push({ worlds, seeds, prompts })
  return designs
}

test("the design that is found reaches the target, and no cheaper one does", () => {
  const found = findCheapestDesign([pilot], costs, 0.03)
  if (found === undefined) throw new Error("expected a design")
  expect(detectable(pilot, found.design)).toBeLessThanOrEqual(0.03)
  expect(found.coreSeconds).toBe(addedCost(costs, now, found.design))
  const cheaper = everyDesign(now, true).filter((design) => addedCost(costs, now, design) < found.coreSeconds)
  expect(cheaper.filter((design) => detectable(pilot, design) <= 0.03)).toEqual([])
})

test("what is reached already costs nothing", () => {
  expect(findCheapestDesign([pilot], costs, detectable(pilot, now))).toEqual({ design: now, coreSeconds: 0 })
})

test("a design for several estimates reaches the target of each, and costs at least as much as that of each", () => {
  const other = pilotOf({ world: 0.03, seed: 0.001, sampling: 0.1, prompt: 0.05 }, now)
  const [both, one, two] = [[pilot, other], [pilot], [other]].map((pilots) => findCheapestDesign(pilots, costs, 0.04))
  if (both === undefined || one === undefined || two === undefined) throw new Error("expected designs")
  expect([pilot, other].map((each) => detectable(each, both.design) <= 0.04)).toEqual([true, true])
  expect(both.coreSeconds).toBeGreaterThanOrEqual(Math.max(one.coreSeconds, two.coreSeconds))
})

test("estimates of different designs are refused", () => {
  expect(() => findCheapestDesign([pilot, { ...pilot, design: { ...now, seeds: 3 } }], costs, 0.03)).toThrow(RangeError)
})

test("no number of seeds makes up for worlds, and of one world nothing else is known", () => {
  const varied = pilotOf({ world: 0.05, seed: 0.001, sampling: 0.05, prompt: 0.01 }, { ...now, worlds: 3 })
  expect(seedsAlone(varied, 0.03)).toEqual({ reaches: false, largest: "worlds" })
  expect(findCheapestDesign([varied], costs, 0.03)?.design.worlds).toBeGreaterThan(3)
  const single = pilotOf({ world: null, seed: 0.02, sampling: 0.2, prompt: 0.01 }, { worlds: 1, seeds: 3, prompts: 256 })
  expect(seedsAlone(single, 0.03).reaches).toBe(true)
  expect(findCheapestDesign([single], costs, 0.03)?.design.worlds).toBe(1)
  expect(findCheapestDesign([single], costs, 0.0001)).toBeUndefined()
})

test("a forecast of the pilot's own design is the pilot's own precision, whatever it was pooled with", () => {
  const pooled = { ...pilot, se: pilot.se * 0.8, degrees: pilot.degrees + 9 }
  expect(forecast(pooled, now).se).toBeCloseTo(pooled.se, 12)
  expect(forecast(pooled, now).degrees).toBeCloseTo(pooled.degrees, 12)
  // Pooling made the variance between worlds known by some degrees more, and not that of prompts:
  // where worlds are nearly all there is, these and the number of worlds less one are what remains.
  const known = inferUnitDegrees(pilot.components, now, pooled.degrees)
  expect(degreesOf(pilot.components, now, known)).toBeCloseTo(pooled.degrees, 9)
  const many = { worlds: 4, seeds: 64, prompts: 1e9 }
  expect(forecast(pooled, many).degrees).toBeCloseTo(known - 1 + 3, 3)
  const cautious = { ...pilot, degrees: Math.max(1, pilot.degrees / 2) }
  expect(forecast(cautious, now).degrees).toBeCloseTo(cautious.degrees, 12)
})

test("what has run is kept: more seeds cost their own runs, and other prompts cost every evaluation again", () => {
  expect(addedCost(costs, now, now)).toBe(0)
  // One more seed in each of two worlds: half of what four runs took.
  expect(addedCost(costs, now, { ...now, seeds: 3 })).toBe(100 + 20)
  // One more world: half of what two worlds took, with their runs.
  expect(addedCost(costs, now, { ...now, worlds: 3 })).toBe(30 + 100 + 4 + 20)
  expect(addedCost(costs, now, { ...now, prompts: 512 })).toBe(2 * (8 + 40))
})

test("nothing that reaches the target is passed over, with few degrees of freedom and with many", () => {
  for (const degrees of [1, 1.5, 2, 3, 5, 10, 50, 1e6]) {
    const single: Pilot = { se: 1, degrees, components: { world: 0.1, seed: 0.1, sampling: 0, prompt: 0 }, design: { ...now, worlds: 3 } }
    const exactly = detectableEffect({ se: 1, degrees })
    expect(findCheapestDesign([single], costs, exactly * (1 + 1e-9))?.coreSeconds).toBe(0)
    expect(findCheapestDesign([single], costs, exactly * (1 - 1e-9))?.coreSeconds).not.toBe(0)
  }
})
