/** Pages that say that they can be run are run, command by command. */

import { expect, test } from "vitest"
import { writtenPages } from "../docs/page.ts"
import { firstSurprise } from "../docs/run.ts"

const runnable = writtenPages().filter(({ isRunnable }) => isRunnable)

test("there is a page to run", () => {
  expect(runnable.map(({ path }) => path)).not.toEqual([])
})

test.each(runnable)("$path does what it says", async (page) => {
  expect(await firstSurprise(page)).toBeUndefined()
})
