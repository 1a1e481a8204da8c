import { expect, test } from "vitest"
import { verdicts } from "../../../data/schema/index.ts"
import { forest } from "../../../learning/analyse/forest.stage.ts"
import { decidedClaim, inconclusive } from "../support/claims.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { marksOf, textsOf } from "../support/svg.ts"

const claims = [decidedClaim("Sampling matters"), decidedClaim("Early is ahead", { ...inconclusive, family: "exploratory" })]
const tables = (names: ReadonlyArray<string>) => ({
  verdicts: names.map((name) => ({ path: [name], at: {}, input: new MemoryTable(verdicts, claims) })),
})
const draw = async (
  names: ReadonlyArray<string>,
  parameters: { readonly family?: "primary" | "exploratory" | "check"; readonly title?: string },
) => {
  const { figure } = await runStage(forest, tables(names), parameters)
  return new TextDecoder().decode(await figure.read("forest.svg"))
}

test("the forest plot has the primary claims unless others are asked for", async () => {
  const written = async (family?: "exploratory") =>
    textsOf(marksOf(await draw(["study"], family === undefined ? {} : { family }), /claims/))
  expect(await written()).toEqual(["Sampling matters"])
  expect(await written("exploratory")).toEqual(["Early is ahead"])
})

test("its heading says what came out, unless another is given", async () => {
  expect(await draw(["study"], {})).toContain(">The only primary claim is supported<")
  const given = await draw(["study"], { title: "Ours" })
  expect(given).toContain(">Ours<")
  expect(given).not.toContain("is supported")
})

test("claims of several tables stand under their names", async () => {
  expect(textsOf(marksOf(await draw(["sentiment", "tldr"], {}), /headings/))).toEqual(["sentiment", "tldr"])
})

test("a family without claims is refused", async () => {
  await expect(draw(["study"], { family: "check" })).rejects.toMatchObject({ tag: "NoClaims" })
})
