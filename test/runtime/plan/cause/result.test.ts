import { expect, test } from "vitest"
import { type Lookup, neverRun, resultDamaged, resultGone } from "../../../../runtime/plan/cause/result.ts"
import { manifestWith, stage } from "./comparison.ts"

const cause = (component: string) => [{ component, before: null, after: null, root: "arm.train" }]

const found = (lookup: Omit<Lookup, "stage">) => [resultDamaged, resultGone, neverRun].map((reason) => reason({ stage, ...lookup }))

test("a damaged result is a reason whatever else is known of the stage", () => {
  for (const manifest of [null, manifestWith([])])
    for (const wasComputed of [false, true])
      expect(found({ last: { manifest, wasComputed }, isDamaged: true })).toEqual([cause("result damaged"), [], []])
})

test("a stage that a run computed has lost its result; one that no run computed has never run", () => {
  expect(found({ last: { manifest: null, wasComputed: true }, isDamaged: false })).toEqual([[], cause("result gone"), []])
  expect(found({ last: { manifest: null, wasComputed: false }, isDamaged: false })).toEqual([[], [], cause("never run")])
})

test("where there is a result to compare with, none of these is a reason", () => {
  for (const wasComputed of [false, true])
    expect(found({ last: { manifest: manifestWith([]), wasComputed }, isDamaged: false })).toEqual([[], [], []])
})
