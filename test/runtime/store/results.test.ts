import * as fs from "node:fs"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { Results } from "../../../runtime/index.ts"
import { layout } from "../../../runtime/store/layout.ts"
import { toyProject } from "../project.ts"

test("the results of a run are known by the ids of its stages, in the run's order, without those that are gone", async () => {
  const toy = toyProject()
  const summary = await toy.run()
  const idsOf = () =>
    toy.provided(
      Effect.map(
        Effect.flatMap(Results, (results) => results.of(summary)),
        (found) => [...found.keys()],
      ),
    )
  const ids = summary.stages.map(({ id }) => id)
  expect(await idsOf()).toEqual(ids)
  fs.rmSync(layout(toy.store).result(summary.stages[1]?.key ?? ""))
  expect(await idsOf()).toEqual(ids.filter((_, index) => index !== 1))
})
