import { describe, expect, it } from "vitest"
import { downloadAddress } from "../../../../ui/api/client.ts"
import { excerptOf } from "../../../../ui/views/artifact/excerpt.ts"
import { fileKind, firstShown } from "../../../../ui/views/artifact/file-kind.ts"
import { columnSortParam, pageRequest, rowRequest, wantedRows } from "../../../../ui/views/artifact/wanted.ts"

describe("which rows an address asks for", () => {
  it("is read as it was written, whatever the column is called", () => {
    for (const column of ["score", "-score", "+", "none", "a b"])
      for (const descending of [false, true]) {
        const sort = { column, descending }
        expect(columnSortParam.read(columnSortParam.write(sort))).toEqual(sort)
      }
    expect(columnSortParam.read(columnSortParam.write(null))).toBeNull()
  })

  it("leaves out what is not asked for", () => {
    expect(wantedRows(" ", "", null)).toEqual({})
    expect(wantedRows("tie = true", "soup", { column: "kl", descending: true })).toEqual({
      filter: "tie = true",
      search: "soup",
      sort: [{ column: "kl", direction: "descending" }],
    })
  })

  it("is the same for the grid and for a download", () => {
    const wanted = wantedRows("tie = true", "", { column: "kl", descending: false })
    expect(pageRequest(wanted, 400)).toMatchObject({ ...wanted, offset: 400 })
    const address = new URL(downloadAddress({ key: "k", output: "preferences" }, "csv", wanted), "http://page")
    expect(address.pathname).toBe("/api/results/k/preferences/download")
    expect(Object.fromEntries(address.searchParams)).toEqual({
      format: "csv",
      filter: "tie = true",
      sort: '[{"column":"kl","direction":"ascending"}]',
    })
  })

  it("ignores filter and sort for a row by its number", () => {
    expect(rowRequest(17)).toMatchObject({ offset: 17, limit: 1 })
    expect(Object.keys(rowRequest(17)).sort()).toEqual(["cell", "limit", "offset"])
  })
})

describe("the excerpt around an error of a filter", () => {
  it("has the word at the position", () => {
    expect(excerptOf("tie = true and scor > 1", "character 16: the table has no column")).toEqual({
      before: "tie = true and ",
      at: "scor",
      after: " > 1",
    })
  })

  it("has nothing at the position where something is missing at the end", () => {
    expect(excerptOf("tie =", "character 6: expected a value, found the end")).toEqual({ before: "tie =", at: "", after: "" })
  })

  it("is short of a long filter, and none of another error", () => {
    const filter = `${"a = 1 and ".repeat(30)}b ! 2`
    const excerpt = excerptOf(filter, "character 303: expected =")
    expect(excerpt?.before.length).toBeLessThan(30)
    expect(excerpt?.at).toBe("!")
    expect(excerptOf(filter, "the object is damaged")).toBeNull()
  })
})

describe("a file of an artifact", () => {
  it("is looked at as what its name says, if it is not too long", () => {
    expect(fileKind({ name: "frontier.svg", bytes: 1 })).toBe("figure")
    expect(fileKind({ name: "a/config.JSON", bytes: 1 })).toBe("text")
    expect(fileKind({ name: "tokenizer.json", bytes: 9e6 })).toBe("other")
    expect(fileKind({ name: "model.safetensors", bytes: 1 })).toBe("other")
    expect(fileKind({ name: ".json/model", bytes: 1 })).toBe("other")
  })

  it("is shown first if it is a figure", () => {
    const files = ["weights.safetensors", "README.md", "figure.png"].map((name) => ({ name, bytes: 1 }))
    expect(firstShown(files)?.name).toBe("figure.png")
    expect(firstShown(files.slice(0, 2))?.name).toBe("README.md")
    expect(firstShown(files.slice(0, 1))).toBeUndefined()
  })
})
