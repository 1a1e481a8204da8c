import { expect, test } from "vitest"
import { inTurn } from "../../../ui/chart/drawing.ts"

test("a state is drawn when the one before has been, and those in between are skipped", async () => {
  const events: Array<string> = []
  const finish: Array<() => void> = []
  const draw = inTurn((state: string) => {
    events.push(`begin ${state}`)
    return new Promise<void>((resolve) => finish.push(resolve)).then(() => events.push(`end ${state}`))
  })
  draw("a")
  draw("b")
  draw("c")
  expect(events).toEqual(["begin a"])
  finish[0]?.()
  await expect.poll(() => events).toEqual(["begin a", "end a", "begin c"])
  finish[1]?.()
  await expect.poll(() => events).toEqual(["begin a", "end a", "begin c", "end c"])
  draw("d")
  expect(events.at(-1)).toBe("begin d")
})
