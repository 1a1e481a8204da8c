/** Stages that are not computed again as a whole where some of their rows are new. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import * as fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { loadPipeline, type Manifest, Results, type RunSummary, run, verify } from "../../../runtime/index.ts"
import { filesUnder } from "../../slow/toy.ts"
import { digestsOf, type Project, project } from "../project.ts"
import { judgingFiles as files, judgeServer } from "./judging.ts"

const labelled = (judge: string, { prompts = 40, perPrompt = 2, options = "" } = {}): string => `
import { pipeline } from "assay"
import { label, flip, draw } from "assay/stages"
import { comparing, hasty, make, remote, slow } from "./stages.ts"
export default pipeline("answers", () => ({
  pairs: label({ responses: make({ prompts: ${prompts}, perPrompt: ${perPrompt} }), judge: ${judge}, ${options} }),
}))
`

const relabelled = (first: string, second: string): string => `
import { pipeline } from "assay"
import { label, relabel } from "assay/stages"
import { hasty, make, slow } from "./stages.ts"
export default pipeline("answers", () => ({
  pairs: relabel({ preferences: label({ responses: make({ prompts: 42, perPrompt: 2 }), judge: ${first} }), judge: ${second} }),
}))
`

/** A project as on a machine of its own that shares a store with others. */
const machineOn = (store: string): Project => {
  const user = project(files, { pool: true, environment: { ASSAY_STORE: `file://${store}`, ASSAY_STORE_CACHE: "cache" } })
  return { ...user, store: path.join(user.root, "cache") }
}

const newFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-shared-answers-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const manifestOf = (user: Project, summary: RunSummary, id = "pairs"): Promise<Manifest> =>
  user.provided(
    Effect.map(
      Effect.flatMap(Results, (results) => results.of(summary)),
      (found) => found.get(id) as Manifest,
    ),
  )

const labelling = async (user: Project, text: string): Promise<{ readonly manifest: Manifest; readonly digest: string }> => {
  user.write("pipeline.ts", text)
  const summary = await user.run()
  expect(summary.failures).toEqual([])
  return { manifest: await manifestOf(user, summary), digest: (await digestsOf(user, summary))["pairs.preferences"] as string }
}

describe("a judge of a user's", () => {
  test("is asked for new rows alone when a table grows, in whatever stage it was asked for the others", async () => {
    const user = project(files, { pool: true })
    const first = await labelling(user, labelled("slow({ msPerRow: 2 })"))
    expect(first.manifest.answers).toMatchObject({ known: 0, added: 80 })
    const more = await labelling(user, labelled("slow({ msPerRow: 2 })", { prompts: 42 }))
    expect(more.manifest.answers).toMatchObject({ known: 80, added: 4 })
    const other = await labelling(user, labelled("slow({ msPerRow: 2 })", { prompts: 42, options: 'pairing: "disjoint"' }))
    expect(other.manifest.answers).toMatchObject({ known: 84, added: 0 })
    const again = await labelling(user, relabelled("hasty({})", "slow({ msPerRow: 2 })"))
    expect(again.manifest.answers).toMatchObject({ known: 84, added: 0 })
  })

  test("is asked for all again when its code changes, and keeps nothing where it is quick", async () => {
    const user = project(files, { pool: true })
    await labelling(user, labelled("slow({ msPerRow: 2 })"))
    user.edit("slow.ts", "response.length / 3", "response.length / 4")
    expect((await labelling(user, labelled("slow({ msPerRow: 2 })"))).manifest.answers).toMatchObject({ known: 0, added: 80 })
    expect((await labelling(user, labelled("hasty({})"))).manifest.answers).toMatchObject({ known: 0, added: 0 })
  })

  test("gives a table that grew step by step the bytes of one from scratch, whatever is drawn at random", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("slow({ msPerRow: 2 })", "comparing({})"),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom(
          "",
          'pairing: "all", ties: "random", seed: 3',
          'pairing: "disjoint", ties: "drop", noise: flip({ probability: 0.3 }), seed: 5',
          "noise: draw({ temperature: 2 }), seed: 1",
        ),
        async (judge, steps, perPrompt, options) => {
          const grown = project(files)
          let prompts = 0
          let last = ""
          for (const step of steps) {
            prompts += step
            last = (await labelling(grown, labelled(judge, { prompts, perPrompt, options }))).digest
          }
          expect((await labelling(project(files), labelled(judge, { prompts, perPrompt, options }))).digest).toBe(last)
        },
      ),
      { numRuns: 6, seed: 22, endOnFailure: true },
    )
  })
})

describe("responses", () => {
  const sampled = (limit: number): string => `
import { pipeline } from "assay"
import { corpus, sample, sft } from "assay/stages"
export default pipeline("sampled", () => {
  const task = corpus({ task: "sentiment" })
  const policy = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 2, seed: 1 })
  return { pairs: sample({ policy, prompts: task.prompts, limit: ${limit}, perPrompt: 2, batchSize: 8, maxNewTokens: 6, seed: 2 }) }
})
`
  test("are drawn in batches of which only the last changes when there are more prompts, and equal those from scratch", async () => {
    const user = project({})
    const first = await labelling(user, sampled(150))
    expect(first.manifest.answers).toMatchObject({ known: 0, added: 3 })
    const more = await labelling(user, sampled(160))
    // 128 responses each: 300 are two batches and a part, 320 as many.
    expect(more.manifest.answers).toMatchObject({ known: 2, added: 1 })
    const scratch = project({})
    scratch.write("pipeline.ts", sampled(160))
    const summary = await scratch.run()
    expect(await digestsOf(user, await user.run())).toEqual(await digestsOf(scratch, summary))
  })
})

describe("an evaluation", () => {
  const compared = (count: number): string => `
import { pipeline } from "assay"
import { corpus, dpo, evaluate, label, optimize, sample, sft } from "assay/stages"
export default pipeline("compared", () => {
  const task = corpus({ task: "sentiment" })
  const reference = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 2, seed: 1 })
  const responses = sample({ policy: reference, prompts: task.prompts, limit: 60, perPrompt: 2, maxNewTokens: 6, seed: 2 })
  const preferences = label({ responses, judge: task.gold })
  const run = optimize({ reference, preferences, loss: dpo({ beta: 0.1 }), steps: 2, batchSize: 4, checkpoints: 1, seed: 3 }).checkpoints
  const against = { reference, prompts: task.prompts, opponent: reference, judge: task.gold }
  return { pairs: evaluate({ run, ...against, count: ${count}, pairs: 8, maxNewTokens: 6 }) }
})
`
  test("draws the last batches of its policies again when there are more prompts, and equals one from scratch", async () => {
    const user = project({})
    user.write("pipeline.ts", compared(260))
    // 260 responses of the policy and as many of the opponent, in two chunks each, and 8 for pairs.
    expect((await manifestOf(user, await user.run())).answers).toMatchObject({ known: 0, added: 5 })
    user.write("pipeline.ts", compared(280))
    const summary = await user.run()
    expect((await manifestOf(user, summary)).answers).toMatchObject({ known: 3, added: 2 })
    const scratch = project({})
    scratch.write("pipeline.ts", compared(280))
    expect(await digestsOf(user, summary)).toEqual(await digestsOf(scratch, await scratch.run()))
  })
})

describe("a server that judges", () => {
  let judge: Awaited<ReturnType<typeof judgeServer>>
  beforeAll(async () => {
    judge = await judgeServer()
    process.env.JUDGE_URL = judge.url
    process.env.JUDGE_TOKEN = "a secret of the user"
  })
  beforeEach(() => void judge.asked.splice(0))
  afterAll(() => {
    judge?.close()
    delete process.env.JUDGE_URL
    delete process.env.JUDGE_TOKEN
  })

  test("is asked once for each response, and for new ones alone when a table grows", async () => {
    const user = project(files, { pool: true })
    const { manifest } = await labelling(user, labelled('remote({ revision: "1" })'))
    expect(manifest).toMatchObject({ recorded: true, answers: { known: 0, added: 80 } })
    expect(new Set(judge.asked).size).toBe(80)
    await labelling(user, labelled('remote({ revision: "1" })', { prompts: 42 }))
    expect(judge.asked).toHaveLength(84)
    await labelling(user, labelled('remote({ revision: "2" })', { prompts: 42 }))
    expect(judge.asked).toHaveLength(168)
  })

  test("is asked again for a stage that is refreshed, whose answers replace the earlier ones, and never by verify", async () => {
    const user = project(files, { pool: true })
    const first = await labelling(user, labelled('remote({ revision: "1" })'))
    const loaded = loadPipeline(`${user.root}/pipeline.ts`)
    expect(
      await user.provided(Effect.flatMap(loaded, (pipeline) => verify(pipeline, { sample: null, seed: 0, each: () => Effect.void }))),
    ).toEqual(expect.arrayContaining([expect.objectContaining({ id: "pairs", verdict: "recorded" })]))
    expect(judge.asked).toHaveLength(80)
    const refresh = { refresh: new Set(["pairs"]) }
    const summary = await user.provided(Effect.flatMap(loaded, (pipeline) => run(pipeline, refresh)))
    expect(judge.asked).toHaveLength(160)
    const second = await digestsOf(user, summary)
    expect(second["pairs.preferences"]).not.toBe(first.digest)
    expect(await digestsOf(user, await user.run())).toEqual(second)
    expect(judge.asked).toHaveLength(160)
    expect((await user.plan()).stages.map(({ id, verdict, recorded }) => [id, verdict, recorded])).toContainEqual(["pairs", "cached", true])
  })

  test("is paid once by machines that share a store, and what one of them asks again replaces the result of all", async () => {
    const store = newFolder()
    const [one, two] = [machineOn(store), machineOn(store)]
    const first = await labelling(one, labelled('remote({ revision: "1" })'))
    const more = await labelling(two, labelled('remote({ revision: "1" })', { prompts: 42 }))
    expect(more.manifest.answers).toMatchObject({ known: 80, added: 4 })
    expect(judge.asked).toHaveLength(84)
    const loaded = loadPipeline(`${one.root}/pipeline.ts`)
    const refreshed = await one.provided(Effect.flatMap(loaded, (pipeline) => run(pipeline, { refresh: new Set(["pairs"]) })))
    const second = await digestsOf(one, refreshed)
    expect(second["pairs.preferences"]).not.toBe(first.digest)
    const other = await labelling(machineOn(store), labelled('remote({ revision: "1" })'))
    expect(other.digest).toBe(second["pairs.preferences"])
    expect(judge.asked).toHaveLength(164)
  })

  test("is told a secret that is in no file of the store", async () => {
    const user = project(files, { pool: true })
    await labelling(user, labelled('remote({ revision: "1" })'))
    const all = filesUnder(user.store)
    expect(all.length).toBeGreaterThan(5)
    // The server repeats what it was told: an answer is kept as it came, but for secrets.
    expect(all.filter((file) => fs.readFileSync(file).includes("a secret of the user"))).toEqual([])
  })
})
