/**
 * The project of the browser's tests: the quickstart with a judge of its own that ties, two seeds,
 * and as few steps as the tasks allow; a pipeline that goes on for as long as a test looks at it;
 * and texts that would do something if a page took them for markup.
 */

import * as fs from "node:fs"
import * as path from "node:path"

/** What a text would do as markup: put an element into the page, or open a dialogue. */
export const hostile = `<img src=x onerror="alert('run')"><script>alert('run')</script>`

/** A stage of the pipeline that goes on: this many steps of so long. */
export const slowSteps = 4_000
export const slowStepMs = 100

/** What a large run has. */
export const manyStages = 1_000
export const manyRows = 1_000_000

const brevity = (target: number): string => `
import { countWords } from "./words.ts"
export const run = () => ({ score: (responses) => responses.map(({ response }) => -Math.abs(countWords(response) - ${target})) })
`

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "walk", "type": "module" }',
  "brevity.judge.ts": `
import { GoldJudge, scorer } from "assay/stages"
export const brevity = scorer({ name: "brevity", judge: GoldJudge, run: () => import("./brevity.ts") })
`,
  "brevity.ts": brevity(6),
  "words.ts": `export const countWords = (text) => text.split(/\\s+/).filter((word) => word !== "").length`,
  "hostile.jsonl": [1, 2, 3]
    .map((n) => JSON.stringify({ prompt: `${hostile} ${n}`, chosen: ` ${hostile} good`, rejected: ` ${hostile} bad` }))
    .join("\n"),
  "walk.ts": `
import { file, pipeline, sweep } from "assay"
import { agreement, corpus, evaluate, frontier, importPreferences, ipo, label, optimize, optimizeOnline, preferenceModel, sample, sft } from "assay/stages"
import { brevity } from "./brevity.judge.ts"

export default pipeline("walk", () => {
  const task = corpus({ task: "sentiment" })
  const gold = brevity({})
  const reference = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 60, batchSize: 16, vocabulary: 512, context: 48, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, limit: 150, perPrompt: 2, maxNewTokens: 16, seed: 2 })
  const pairs = label({ responses, judge: gold })
  const unseen = sample({ policy: reference, prompts: task.prompts, split: "test", limit: 60, perPrompt: 2, maxNewTokens: 16, seed: 4 })
  const heldOut = label({ responses: unseen, judge: gold })
  const proxy = preferenceModel({ preferences: pairs, steps: 40, batchSize: 16, vocabulary: 512, seed: 3 })
  const proxyAgreement = agreement({ judge: proxy, preferences: heldOut })
  const arms = sweep({ seed: [1, 2] }, ({ seed }) => {
    const training = { reference, loss: ipo({ beta: 0.1 }), steps: 24, batchSize: 16, learningRate: 1e-3, checkpoints: 3, seed }
    const offline = optimize({ ...training, preferences: pairs })
    const online = optimizeOnline({ ...training, prompts: task.prompts, judge: proxy, maxNewTokens: 16 })
    const against = { reference, prompts: task.prompts, opponent: reference, judge: gold, proxy, preferences: heldOut, count: 48, maxNewTokens: 16 }
    return { offline: evaluate({ run: offline.checkpoints, ...against }), online: evaluate({ run: online.checkpoints, ...against }) }
  })
  return {
    reference, responses, pairs, heldOut, proxy, proxyAgreement, arms,
    hostile: importPreferences({ file: file("hostile.jsonl"), format: "trl" }),
    frontier: frontier({ evaluations: arms, classifications: arms }),
  }
})
`,
  "stages.ts": `
import { files, stage, table } from "assay"
import { Schema } from "effect"
export const Numbers = table("numbers", { n: "int32", value: "float64", text: "utf8" })
export const wait = stage({ name: "wait", inputs: {}, parameters: { name: Schema.String, steps: Schema.Int, stepMs: Schema.Int }, outputs: { numbers: Numbers }, run: () => import("./wait.ts") })
export const many = stage({ name: "many", inputs: {}, parameters: { rows: Schema.Int }, outputs: { numbers: Numbers }, run: () => import("./many.ts") })
`,
  "wait.ts": `
export const run = async ({ parameters: { name, steps, stepMs }, progress }) => {
  for (let step = 1; step <= steps; step++) {
    await new Promise((resolve) => setTimeout(resolve, stepMs))
    progress(step, steps, { level: step / steps })
    if (step % 10 === 0) console.log(name + " has done " + step + " steps")
  }
}
`,
  "many.ts": `
export const run = async ({ parameters: { rows }, outputs }) => {
  for (let from = 0; from < rows; from += 10000)
    await outputs.numbers.append(Array.from({ length: Math.min(10000, rows - from) }, (_, index) => ({ n: from + index, value: (from + index) / 7, text: "row " + (from + index) })))
}
`,
  "lines.txt": "The soup was warm.\nThe bread was not.\nAll of it was eaten.\n",
  // Standard stages share processes that are warm: a process for each of a thousand takes minutes.
  "large.ts": `
import { file, pipeline, sweep } from "assay"
import { importPrompts, importText } from "assay/stages"
import { many } from "./stages.ts"
export default pipeline("large", () => {
  const lines = file("lines.txt")
  const pairs = sweep({ n: Array.from({ length: ${manyStages / 2} }, (_, n) => n) }, ({ n }) => {
    const first = importPrompts({ file: lines, testFraction: (n + 1) / ${manyStages} })
    return { first, second: importText({ file: lines, prompts: first, kind: "kind " + n }) }
  })
  return { pairs, rows: many({ rows: ${manyRows} }) }
})
`,
  "going-on.ts": `
import { pipeline } from "assay"
import { wait } from "./stages.ts"
export default pipeline("going-on", () => ({
  slow: wait({ name: "slow", steps: ${slowSteps}, stepMs: ${slowStepMs} }),
  quick: wait({ name: "quick", steps: 20, stepMs: 100 }),
}))
`,
}

export const writeProject = (folder: string): void => {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
}

/** What is edited between the two runs: the file of the gold judge, and nothing else. */
export const editJudge = (folder: string): void => fs.writeFileSync(path.join(folder, "brevity.ts"), brevity(9))
