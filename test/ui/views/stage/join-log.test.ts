import { expect, test } from "vitest"
import { addLine, type HeardLine, joinLog } from "../../../../ui/views/stage/join-log.ts"

const heard = (...lines: ReadonlyArray<readonly [seq: number, text: string]>): ReadonlyArray<HeardLine> =>
  lines.reduce<ReadonlyArray<HeardLine>>((all, [seq, text]) => addLine(all, { seq, text }), [])

const textsOf = (...options: Parameters<typeof joinLog>) => joinLog(...options).map(({ text }) => text)

test("lines that were heard follow those that were stored", () => {
  expect(textsOf({ log: ["a", "b"], seq: 7 }, heard([8, "c"], [9, "d"]))).toEqual(["a", "b", "c", "d"])
})

test("a line that was heard and is stored by now is shown once", () => {
  expect(textsOf({ log: ["a", "b", "c"], seq: 8 }, heard([7, "b"], [8, "c"], [9, "d"]))).toEqual(["a", "b", "c", "d"])
})

test("a line that is told again is heard once", () => {
  expect(textsOf({ log: [], seq: 0 }, heard([7, "a"], [8, "b"], [7, "a"], [8, "b"], [9, "c"]))).toEqual(["a", "b", "c"])
})

test("equal lines that were printed twice are shown twice", () => {
  expect(textsOf({ log: ["a"], seq: 3 }, heard([4, "b"], [5, "a"]))).toEqual(["a", "b", "a"])
})
