import { expect, test } from "vitest"
import { type Design, hashOf, partsOf } from "../../../runtime/registration/design.ts"
import { differences } from "../../../runtime/registration/difference.ts"
import { summarizeValues } from "../../../runtime/registration/values.ts"

const digit = (character: string) => character.repeat(64)

const kind = (overrides: Partial<Design["study"][string]> = {}): Design["study"][string] => ({
  stages: 2,
  parameters: { steps: [300], seed: [1, 2] },
  assignment: digit("a"),
  wiring: digit("b"),
  ...overrides,
})

const claim = { claim: "online is above offline", stage: "verdicts", rule: { direction: "above", threshold: 0, estimand: { kl: 2 } } }

const design = (overrides: Partial<Pick<Design, "claims" | "study" | "files" | "code">> = {}): Design => {
  const content = {
    claims: [claim],
    study: { optimize: kind() },
    files: { "pairs.jsonl": digit("1") },
    code: { optimize: { code: digit("c"), packages: digit("d") } },
    ...overrides,
  }
  const parts = partsOf(content)
  return { hash: hashOf(parts), parts, stages: 2, ...content }
}

const changes = (overrides: Parameters<typeof design>[0]) => differences(design(), design(overrides))

test("equal designs differ in nothing", () => expect(changes({})).toEqual([]))

test.each<[string, Parameters<typeof design>[0], ReadonlyArray<string>]>([
  [
    "a field of a rule",
    { claims: [{ ...claim, rule: { direction: "above", threshold: 0.03, estimand: { kl: 3 } } }] },
    ["claim changed: online is above offline: kl 2 → 3, threshold 0 → 0.03"],
  ],
  ["a family", { claims: [{ ...claim, family: "primary" }] }, ["claim changed: online is above offline: family null → primary"]],
  [
    "other words",
    { claims: [{ ...claim, claim: "online is below offline" }] },
    ["claim added: online is below offline", "claim removed: online is above offline"],
  ],
  ["a claim that is asked twice", { claims: [claim, claim] }, ["claim added: online is above offline"]],
  [
    "a parameter, and the number of stages",
    {
      study: { optimize: kind({ stages: 3, parameters: { steps: [300, 600], seed: [1, 2] }, assignment: digit("e"), wiring: digit("f") }) },
    },
    ["number of stages changed: optimize: 2 → 3", "parameter changed: optimize.steps: 300 → 300, 600"],
  ],
  [
    "which stage has which value",
    { study: { optimize: kind({ assignment: digit("e") }) } },
    ["parameters changed: other stages of optimize have which values"],
  ],
  ["wiring", { study: { optimize: kind({ wiring: digit("e") }) } }, ["wiring changed: of optimize, other inputs or names of stages"]],
  [
    "a kind of stage",
    {
      study: { optimize: kind(), evaluate: kind({ stages: 1 }) },
      code: { ...design().code, evaluate: { code: digit("c"), packages: digit("d") } },
    },
    ["stages added: 1 of evaluate"],
  ],
  ["a file", { files: { "pairs.jsonl": digit("2") } }, ["file changed: pairs.jsonl"]],
  [
    "code and packages",
    { code: { optimize: { code: digit("e"), packages: digit("f") } } },
    ["code changed: optimize", "packages changed: of optimize"],
  ],
])("a difference is named: %s", (_, overrides, expected) => expect(changes(overrides)).toEqual(expected))

test("claims in another order are a difference, though each is the same", () => {
  const other = { ...claim, claim: "the peak is higher" }
  expect(differences(design({ claims: [claim, other] }), design({ claims: [other, claim] }))).toEqual(["claims are in another order"])
})

test("values are listed once, numbers by size; long and many ones by their digest", () => {
  expect(summarizeValues([10, 9, 10])).toEqual([9, 10])
  expect(summarizeValues(["b", true, "a", "b"])).toEqual(["a", "b", true])
  expect(summarizeValues(["x".repeat(200)])).toEqual([expect.stringMatching(/^202 characters, sha256 [0-9a-f]{64}$/)])
  const many = Array.from({ length: 17 }, (_, value) => value)
  expect(summarizeValues(many)).toEqual([expect.stringMatching(/^17 values, sha256 /)])
  expect(summarizeValues(many)).not.toEqual(summarizeValues([...many.slice(1), 99]))
})
