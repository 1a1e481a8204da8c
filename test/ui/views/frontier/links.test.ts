import { expect, test } from "vitest"
import { responseSetsParam } from "../../../../ui/address/response-sets.ts"
import { filterOf, generationsOf, lineageOf, tableOf } from "../../../../ui/views/frontier/links.ts"
import { markOf } from "./mark.ts"

const evaluation = { key: "k1", output: "evaluation", id: "a.seed=1", run: "r2" }

test("a mark's texts are those of its checkpoint, against its opponent, in the run that has them", () => {
  const [path, query] = generationsOf("r1", markOf({ step: 600 }), [evaluation]).split("?")
  expect(path).toBe("/runs/r2/generations")
  expect(responseSetsParam.read(new URLSearchParams(query).get("responses"))).toEqual([
    { id: "a.seed=1", output: "evaluation", step: 600, against: "sft" },
  ])
})

test("an evaluation without a run of its own is looked for in the one that is looked at", () => {
  expect(lineageOf("r1", { ...evaluation, run: null }, 7)).toBe("/runs/r1/lineage?key=k1&output=evaluation&row=7")
})

test("a quote in the name of an opponent ends no filter", () => {
  expect(filterOf(markOf({ against: "o'brien' or 1=1" }))).toBe("step = 10 and against = 'o''brien'' or 1=1'")
  const filter = new URLSearchParams(tableOf("r1", markOf({}), evaluation).split("?")[1]).get("filter")
  expect(filter).toBe("step = 10 and against = 'sft'")
})
