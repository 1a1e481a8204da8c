import { describe, expect, it } from "vitest"
import { oneByOne } from "../../../../ui/views/artifact/one-by-one.ts"

describe("questions in turn", () => {
  it("are not asked before the one before is answered, even if it fails", async () => {
    const events: Array<string> = []
    const inTurn = oneByOne()
    const { signal } = new AbortController()
    const ask = (name: string, fails = false) =>
      inTurn(signal, async () => {
        events.push(`${name} begins`)
        await Promise.resolve()
        events.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const answers = await Promise.allSettled([ask("a"), ask("b", true), ask("c")])
    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"])
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
  })

  it("are not asked any more once they are aborted", async () => {
    const inTurn = oneByOne()
    const controller = new AbortController()
    const first = inTurn(new AbortController().signal, () => Promise.resolve("first"))
    let wasAsked = false
    const second = inTurn(controller.signal, async () => {
      wasAsked = true
    })
    controller.abort()
    await expect(second).rejects.toThrow()
    await expect(first).resolves.toBe("first")
    expect(wasAsked).toBe(false)
  })
})
