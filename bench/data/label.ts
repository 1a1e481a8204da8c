import { fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { countRows, openTableWriter, readBatches } from "../../data/parquet/index.ts"
import { preferences, type ResponseRow, responses } from "../../data/schema/index.ts"
import { integers } from "../../engine/random/philox.ts"
import { print } from "./measurement.ts"

/**
 * Labels a generated table of short responses with the gold judge, in a separate process, and
 * reports its memory. `[rows] [--json]`
 */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  const rows = options.find((option) => !option.startsWith("--")) ?? "5000000"
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-"))
  try {
    const table = join(folder, "responses.parquet")
    await generate(table, Number(rows))
    const { seconds, peak, pairs } = await labelled(table, join(folder, "preferences.parquet"))
    const found = {
      about: `labelling ${rows} short responses with the gold judge`,
      rows: [
        { name: "time", unit: "s", value: seconds },
        { name: "most memory resident", unit: "MB", value: peak / 1e6 },
        { name: "pairs", unit: "", value: pairs },
      ],
    }
    print(found, options)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const words = "the a good bad green happy sad song house day was is very not wonderful terrible old new and but".split(" ")

const generate = async (path: string, rows: number): Promise<void> => {
  const writer = await openTableWriter(path, responses)
  const batch = 10_000
  for (let start = 0; start < rows; start += batch)
    await writer.append(Array.from({ length: Math.min(batch, rows - start) }, (_, index) => response(start + index)))
  await writer.close()
}

const response = (row: number): ResponseRow => {
  const drawn = integers(1, "bench response", row, words.length, new Int32Array(10))
  const prompt_id = row >> 1
  const prompt = `${words[prompt_id % words.length]} ${words[(prompt_id * 7) % words.length]}`
  return {
    prompt_id,
    sample_index: row & 1,
    prompt,
    response: Array.from(drawn, (word) => ` ${words[word]}`).join(""),
    token_ids: drawn,
    logp_policy: -drawn.length,
    logp_behaviour: null,
    truncated_prompt_tokens: 0,
    tokens: drawn.length,
    finish_reason: "stop",
    policy_key: "0".repeat(64),
    position: row,
    seed: 1,
  }
}

interface Outcome {
  readonly seconds: number
  readonly peak: number
  readonly pairs: number
}

/** In a separate process, so that the memory of the generator does not count. */
const labelled = (table: string, output: string): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL(import.meta.url), ["label", table, output])
    child.once("message", (outcome) => resolve(outcome as Outcome))
    child.once("exit", (code) => reject(new Error(`labelling ended with ${code}`)))
  })

const work = async (table: string, output: string): Promise<Outcome> => {
  const { run: label } = await import("../../learning/preferences/label.ts")
  const start = performance.now()
  const rows = await countRows(table)
  const writer = await openTableWriter(output, preferences)
  await label({
    name: "label",
    plugin: () => Promise.reject(new Error("no parameter of label() is a plugin")),
    connection: undefined,
    command: undefined,
    answers: { of: (_, rows, compute) => compute(rows) },
    inputs: {
      responses: {
        digest: "",
        rows,
        read: () => Promise.reject(new Error("read() reads all rows at once: use batches()")),
        batches: () => readBatches(table, responses),
      },
      opponents: undefined,
      judge: {
        digest: "",
        names: ["judge.json"],
        read: async () => new TextEncoder().encode('{"judge":"gold","scorer":"vader","parameters":{},"inputs":[]}'),
        plugin: async () => (await import("../../learning/judge/scorers/vader.ts")).run,
        connection: undefined,
        answers: { of: (_, rows, compute) => compute(rows) },
        within: () => {
          throw new Error("a judge by VADER has no folders")
        },
        open: () => Promise.reject(new Error("open() is for large files, and the files here are small: use read()")),
      },
    },
    parameters: { pairing: "untied", ties: "mark", noise: { _tag: "none" }, seed: 0 },
    outputs: { preferences: { append: (batch) => writer.append(batch) } },
    engine: { engine: "onnx", device: "cpu", threads: 1 },
    progress: () => {},
    resume: { load: async () => undefined, save: async () => {}, offer: async () => {} },
  })
  const { rows: pairs } = await writer.close()
  // maxRSS is in kilobytes.
  return { seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS * 1024, pairs }
}

const [verb, table, output] = process.argv.slice(2)
if (process.send !== undefined && verb === "label" && table !== undefined && output !== undefined) process.send(await work(table, output))
