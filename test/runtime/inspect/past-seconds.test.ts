import { Effect } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, pastSeconds, Results } from "../../../runtime/index.ts"
import { wiringOf } from "../../../runtime/store/runs/wiring.ts"
import { type Project, toyProject } from "../project.ts"

/** What the stages of a pipeline file took before, for a run that has just begun. */
const past = (toy: Project, file = "pipeline.ts") =>
  toy.provided(
    Effect.gen(function* () {
      const { graph } = yield* loadPipeline(`${toy.root}/${file}`)
      const { pipeline, stages } = wiringOf(graph)
      return yield* pastSeconds({ run: "the one that has begun", pipeline }, stages)
    }),
  )

test("a stage took what it took in the latest run of the pipeline that computed it, also where a later one found it cached", async () => {
  const toy = toyProject()
  expect((await past(toy)).size).toBe(0)
  const first = await toy.run()
  const took = new Map(first.stages.map(({ id, seconds }) => [id, seconds]))
  expect(await past(toy)).toEqual(took)
  await toy.run()
  const manifests = await toy.provided(Effect.flatMap(Results, (results) => results.of(first)))
  expect(await past(toy)).toEqual(new Map([...manifests].map(([id, { seconds }]) => [id, seconds])))
  // Another version of the code still tells how long it may take.
  toy.edit("square.ts", "power(value)", "power(value) + 1")
  expect((await past(toy)).size).toBe(took.size)
})

test("a stage of another pipeline took what one of its kind with equal parameters took; of others nothing is known", async () => {
  const toy = toyProject()
  const { stages } = await toy.run()
  toy.write(
    "other.ts",
    `import { pipeline } from "assay"
     import { draw } from "./stages.ts"
     export default pipeline("other", () => ({ again: draw({ count: 20, seed: 2 }), more: draw({ count: 20, seed: 3 }) }))`,
  )
  const known = await past(toy, "other.ts")
  expect([...known.keys()]).toEqual(["again"])
  expect(known.get("again")).toBeCloseTo(stages.find(({ id }) => id === "arms.seed=2.drawn")?.seconds ?? -1, 5)
})
