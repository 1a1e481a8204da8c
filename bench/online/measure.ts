/**
 * One run of online training, in a separate process: reads what to run as JSON, and prints its
 * measurements as JSON. The stage runs as the runtime runs it, with outputs on the disk.
 */

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { prompts as promptColumns } from "../../data/schema/index.ts"
import { goldenPolicy } from "../../learning/train/golden-policy.stage.ts"
import { perform } from "../../runtime/execute/task/perform.ts"
import { serveNothing } from "../../runtime/execute/task/services.ts"
import { syncToDisk } from "../../runtime/execute/task/sync.ts"
import type { TaskArtifact } from "../../runtime/execute/task/task.ts"
import { median } from "../engine/workload.ts"
import type { OnlineMeasured, OnlineRun } from "./online-run.ts"

/** Steps that compile, and are not counted. */
const warmup = 5

const { policy, prompts, steps, batch, tokens, threads, untied } = JSON.parse(process.argv[2] ?? "") as OnlineRun

const filesIn = async (folder: string): Promise<TaskArtifact> => {
  const names = await readdir(folder)
  return { kind: "files", digest: folder, files: names.map((name) => ({ name, path: join(folder, name) })) }
}

const root = await mkdtemp(join(tmpdir(), "assay-online-"))
const [folder, judge] = [join(root, "outputs"), join(root, "judge")]
for (const made of [folder, judge]) await mkdir(made)
await writeFile(join(judge, "judge.json"), JSON.stringify({ judge: "gold", scorer: "words", parameters: { untied }, inputs: [] }))

const ends: Array<number> = []
const processor: Array<number> = []
const ties: Array<number> = []
await perform(
  {
    key: "online",
    stage: goldenPolicy.declaration.name,
    bundle: resolve(import.meta.dirname, "../../learning/train/golden-policy.ts"),
    plugins: {
      judge: resolve(import.meta.dirname, "words.ts"),
      loss: resolve(import.meta.dirname, "../../learning/objective/losses/ipo.ts"),
    },
    rights: { trusted: true, read: [], addons: true, engine: true, declared: [], real: [] },
    inputs: {
      reference: { kind: "one", artifact: await filesIn(policy) },
      prompts: { kind: "one", artifact: { kind: "table", digest: prompts, rows: null, columns: promptColumns, path: prompts } },
      judge: { kind: "one", artifact: await filesIn(judge) },
    },
    parameters: {
      loss: { _tag: "ipo", beta: 0.1 },
      steps,
      batchSize: batch,
      learningRate: 3e-4,
      weightDecay: 0,
      checkpoints: 1,
      synchronise: 1,
      perPrompt: 2,
      maxNewTokens: tokens,
      seed: 1,
      lora: null,
      gradientAccumulation: 1,
      recomputeActivations: false,
    },
    outputs: goldenPolicy.declaration.outputs,
    folder,
    checkpoint: join(root, "checkpoint"),
    engine: { engine: "onnx", device: "cpu", threads },
  },
  {
    report: (report) => {
      if (report.type === "metrics") ties.push(...report.steps.flatMap(({ values }) => values.ties ?? []))
      if (report.type !== "progress") return
      const { user, system } = process.cpuUsage()
      ends.push(performance.now())
      processor.push((user + system) / 1000)
    },
    quiet: async () => {},
    sync: syncToDisk,
    serve: serveNothing,
  },
)
await rm(root, { recursive: true })
/** The medians over the steps after those that warm up. */
const perStep = (moments: ReadonlyArray<number>): number =>
  median(moments.slice(warmup).map((end, index) => end - (moments[warmup - 1 + index] as number)))
const measured: OnlineMeasured = { milliseconds: perStep(ends), processor: perStep(processor), ties: median(ties.slice(warmup)) }
console.log(JSON.stringify(measured))
