import { describe, expect, it } from "vitest"
import { readRecords, writeRecords } from "../../../ui/address/records.ts"

describe("records in an address", () => {
  it("are read as they were written, whatever their texts hold", () => {
    const records = [["a~b", "c,d", "100%"], ["%7E", "", "e"], ["\u202e <b>"]]
    expect(readRecords(writeRecords(records))).toEqual(records)
  })

  it("have no empty texts at their ends", () => {
    expect(writeRecords([["tldr.pairs", "preferences", "", ""]])).toBe("tldr.pairs~preferences")
  })

  it("are none of an empty text", () => {
    expect(readRecords("")).toEqual([])
  })
})
