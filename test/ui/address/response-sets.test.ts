import { describe, expect, it } from "vitest"
import { generationsPage } from "../../../ui/address/pages.ts"
import { type ResponseSetChoice, responseSetsParam } from "../../../ui/address/response-sets.ts"

const responseSets: ReadonlyArray<ResponseSetChoice> = [
  { id: "tldr.beta=0.1,seed=2.offline", output: "evaluation", step: 19, against: "sft" },
  { id: "small.world 90.answers", output: "responses", step: null, against: null },
  { id: "x", output: "evaluation", step: null, against: "a~b,c" },
]

describe("response sets in an address", () => {
  it("survive a reload", () => {
    const query = new URL(generationsPage("r1", { responses: responseSetsParam.write(responseSets) }), "http://page").searchParams
    expect(responseSetsParam.read(query.get("responses"))).toEqual(responseSets)
  })

  it("are the page's own choice where the address has none, and none where none are left", () => {
    expect(responseSetsParam.read(null)).toBeNull()
    expect(responseSetsParam.read("")).toBeNull()
    expect(responseSetsParam.read(responseSetsParam.write([]))).toEqual([])
  })

  it("have no step where what stands in its place is not one", () => {
    expect(responseSetsParam.read("a~evaluation~-1")).toEqual([{ id: "a", output: "evaluation", step: null, against: null }])
    expect(responseSetsParam.read("a~evaluation~1e3~sft")?.[0]?.step).toBeNull()
  })
})
