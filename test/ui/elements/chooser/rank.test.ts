import { expect, test } from "vitest"
import { rank, scoreText } from "../../../../ui/elements/chooser/rank.ts"

const items = ["tldr.online.proxy.run optimize-online", "tldr.online.proxy evaluate", "tldr.offline.gold evaluate", "Runs"].map((text) => ({
  text,
}))
const textsOf = (typed: string) => rank(items, typed, 10).map(({ text }) => text)

test("every word that was typed occurs", () => {
  expect(textsOf("proxy eval")).toEqual(["tldr.online.proxy evaluate"])
  expect(textsOf("onl prox")).toContain("tldr.online.proxy evaluate")
  expect(textsOf("zzz")).toEqual([])
})

test("letters in order are enough, and a part is better", () => {
  expect(scoreText("tldr.offline.gold", "tofgo")).not.toBeNull()
  expect(textsOf("run")[0]).toBe("Runs")
})

test("of equal texts the shorter comes first, and nothing typed leaves all in their order", () => {
  expect(textsOf("online.proxy")[0]).toBe("tldr.online.proxy evaluate")
  expect(textsOf("  ")).toEqual(items.map(({ text }) => text))
})
