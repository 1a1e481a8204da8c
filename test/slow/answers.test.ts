/** What is paid for once stays paid for: with the real command, which is killed half-way. */

import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { Results } from "../../runtime/index.ts"
import { judgeServer, judgingFiles } from "../runtime/execute/judging.ts"
import { project } from "../runtime/project.ts"
import { launcher, startProcess } from "./toy.ts"

const labelled = (judge: string, prompts: number): string => `
import { pipeline } from "assay"
import { label } from "assay/stages"
import { make, remote, slow } from "./stages.ts"
export default pipeline("answers", () => ({ pairs: label({ responses: make({ prompts: ${prompts}, perPrompt: 2 }), judge: ${judge} }) }))
`

/** Rows of a judge that are asked for together. */
const batch = 256

test("a run that is killed at row 9,000 of 10,000 asks for the rest, and at most one batch more", async () => {
  const judge = await judgeServer()
  onTestFinished(() => void judge.close())
  const user = project({ ...judgingFiles, "pipeline.ts": labelled('remote({ revision: "1" })', 5000) })
  const environment = { JUDGE_URL: judge.url, JUDGE_TOKEN: "t", ASSAY_CACHE: user.cache }
  const first = startProcess(process.execPath, [launcher, "run", "pipeline.ts"], user.root, environment)
  while (judge.asked.length < 9000) await new Promise((resolve) => setTimeout(resolve, 1))
  first.process.kill("SIGKILL")
  await first.ended
  const killedAt = judge.asked.length
  const second = await startProcess(process.execPath, [launcher, "run", "pipeline.ts"], user.root, environment).ended
  expect(second.code).toBe(0)
  const again = judge.asked.length - killedAt
  console.log(`killed at ${killedAt} of 10,000 rows, asked for ${again} more`)
  expect(killedAt).toBeLessThan(9300)
  expect(again).toBeLessThanOrEqual(10_000 - killedAt + batch)
  expect(new Set(judge.asked).size).toBe(10_000)
})

test("to label a table that has grown by 5 % costs less than 10 % of labelling it all", async () => {
  const user = project({ ...judgingFiles, "pipeline.ts": labelled("slow({ msPerRow: 10 })", 1000) }, { pool: true })
  const seconds = async (): Promise<number> => {
    const summary = await user.run()
    const manifests = await user.provided(Effect.flatMap(Results, (results) => results.of(summary)))
    return manifests.get("pairs")?.seconds ?? Number.NaN
  }
  const all = await seconds()
  user.write("pipeline.ts", labelled("slow({ msPerRow: 10 })", 1050))
  const grown = await seconds()
  console.log(`1,000 prompts: ${all.toFixed(1)} s; 50 more: ${grown.toFixed(2)} s, ${((100 * grown) / all).toFixed(1)} %`)
  expect(grown / all).toBeLessThan(0.1)
})
