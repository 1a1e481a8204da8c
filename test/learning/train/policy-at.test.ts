import { expect, test } from "vitest"
import { readCheckpoint, readPolicy, writeCheckpoint, writeDescription } from "../../../learning/policy/files.ts"
import { policyAt } from "../../../learning/train/policy-at.stage.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { tinyPolicy } from "../support/toy.ts"

/** A run that kept its policy at steps 5, 30 and 200. */
const run = new MemoryFiles()
for (const step of [30, 5, 200]) await writeCheckpoint(run, tinyPolicy(step), step)
await writeDescription(run, tinyPolicy(5))

const at = (step: number | "first" | "last") => runStage(policyAt, { run }, { step })

test("a checkpoint is a policy like another: the first, the last, or that of a step", async () => {
  for (const [asked, step] of [
    ["first", 5],
    [30, 30],
    ["last", 200],
    [200, 200],
  ] as const) {
    const { policy } = await at(asked)
    const { configuration, parameters } = await readPolicy(policy)
    expect(parameters).toEqual(await readCheckpoint(run, { configuration, frozen: {} }, step))
    expect(policy.names).toEqual(
      expect.arrayContaining(["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"]),
    )
  }
})

test("a step at which nothing was kept is refused, with those at which something was", async () => {
  await expect(at(31)).rejects.toMatchObject({ tag: "NoCheckpoint", message: expect.stringContaining("5, 30, 200") })
  const nothing = new MemoryFiles()
  await writeDescription(nothing, tinyPolicy(5))
  await expect(runStage(policyAt, { run: nothing }, { step: "last" })).rejects.toMatchObject({ tag: "NoCheckpoint" })
})
