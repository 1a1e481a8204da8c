import * as fs from "node:fs"
import { expect, test } from "vitest"
import { digestsOf, type Project, project } from "../runtime/project.ts"

/** One stage of each kind that keeps compiled programs in its process, as small as they go. */
const pipeline = `
import { pipeline } from "assay"
import { corpus, evaluate, ipo, label, optimize, optimizeOnline, preferenceModel, sample, sft } from "assay/stages"
export default pipeline("warm", () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ corpus: task.text, size: "small", steps: 6, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, perPrompt: 2, limit: 400, seed: 2 })
  const pairs = label({ responses, judge: task.gold })
  const proxy = preferenceModel({ preferences: pairs, steps: 4, seed: 3 })
  const training = { reference, loss: ipo({ beta: 0.1 }), steps: 4, checkpoints: 2, seed: 1 }
  const offline = optimize({ ...training, preferences: pairs })
  const online = optimizeOnline({ ...training, prompts: task.prompts, judge: proxy })
  const against = { reference, prompts: task.prompts, opponent: reference, judge: task.gold, count: 32 }
  return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
})
`

const open = (threads: number): Project =>
  project({ "pipeline.ts": pipeline }, { pool: true, environment: { ASSAY_THREADS: String(threads) } })

test("Assay's own stages come to the same bytes in one process after each other, side by side, and each alone in a fresh one", async () => {
  const one = open(1)
  const summary = await one.run()
  expect(summary.failures).toEqual([])
  const expected = await digestsOf(one, summary)
  const two = open(2)
  expect(await digestsOf(two, await two.run())).toEqual(expected)
  for (const { id, key } of summary.stages) {
    fs.rmSync(`${one.store}/results/${key?.slice(0, 2)}/${key}.json`)
    const again = await one.run()
    expect(again.stages.filter(({ outcome }) => outcome !== "cached").map((stage) => stage.id)).toEqual([id])
    expect(await digestsOf(one, again), id).toEqual(expected)
  }
})
