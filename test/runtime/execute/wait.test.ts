import { expect, test } from "vitest"
import { waits } from "../../../runtime/execute/wait.ts"

test("a wait of more than five seconds says for which process and since when, then once a minute, and for each holder", () => {
  let seconds = 0
  const { remark, end } = waits()
  const holder = { host: "node-7", pid: 1, since: "2026-01-01T00:00:00.000Z" }
  const said: Array<readonly [number, string]> = []
  const until = (last: number, who = holder) => {
    for (; seconds <= last; seconds += 1) {
      const message = remark("key", who, seconds * 1000)
      if (message !== null) said.push([seconds, message])
    }
  }
  until(130)
  expect(said.map(([at]) => at)).toEqual([5, 65, 125])
  expect(said[0]?.[1]).toBe(
    "waiting for process 1 on node-7, which computes the same key since 2026-01-01T00:00:00.000Z, for 5 seconds by now; if it gives no sign of life for 20 seconds, this run takes over",
  )
  said.length = 0
  until(140, { ...holder, pid: 2 })
  expect(said.map(([at]) => at)).toEqual([136])
  end("key")
  expect(remark("key", null, seconds * 1000)).toBeNull()
})
