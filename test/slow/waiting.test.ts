import * as fs from "node:fs"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { thisProcess } from "../../runtime/disk/process.ts"
import { loadPipeline, run } from "../../runtime/index.ts"
import { layout } from "../../runtime/store/layout.ts"
import { recorded, toyProject } from "../runtime/project.ts"

test("a run that waits for a process of which it can see nothing says so after five seconds, and goes on without it when it is silent", async () => {
  const toy = toyProject()
  const places = layout(toy.store)
  const { stages } = await toy.run()
  const [first] = stages
  const key = first?.key ?? ""
  fs.rmSync(places.result(key))
  const since = new Date().toISOString()
  // Process 1 of a container that was killed, seen from the container that took its place.
  fs.writeFileSync(places.lease(key), JSON.stringify({ ...thisProcess(), pid: 1, namespace: "pid:[1]", since }))
  const started = performance.now()
  const [summary, events] = await toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  const seconds = (performance.now() - started) / 1000
  expect(summary.outcome).toBe("done")
  expect(summary.stages.find(({ id }) => id === first?.id)?.outcome).toBe("finished")
  const warnings = events.flatMap((event) => (event.type === "warning" ? [event.message] : []))
  expect(warnings).toEqual([
    expect.stringMatching(new RegExp(`^waiting for process 1 on .*, which computes the same key since ${since}, for 5 seconds`)),
  ])
  expect(seconds).toBeGreaterThan(18)
  expect(seconds).toBeLessThan(40)
})
