import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { environmentOf } from "../../runtime/execute/executor/environment.ts"
import { type Measured, median } from "../engine/workload.ts"
import { lastLineOf, measureIn } from "../last-line.ts"
import { modes, peerMode, type Work } from "./work.ts"

const measure = resolve(import.meta.dirname, "measure.ts")

const usage = `usage: npm run bench -- policy --model <folder> [--peer "<command>"] [--json] [--modes ${modes.join(",")}]
                              [--threads 1,2] [--rounds 3] [--steps 5] [--batch 8] [--length 64] [--prompt 24] [--tokens 32] [--rank 16]

--model  a language model that transformers saved, such as SmolLM2-135M-Instruct
--peer   a command that takes the folder, a mode (logprob, ipo, ipo-lora, decode) and --batch --length --prompt --tokens --rank --threads
         --steps, and prints one line of JSON with "milliseconds" and "peak_mib"; it runs in turn with Assay`

const options = {
  model: { type: "string" },
  peer: { type: "string" },
  json: { type: "boolean", default: false },
  modes: { type: "string", default: modes.join(",") },
  threads: { type: "string", default: "1,2" },
  rounds: { type: "string", default: "3" },
  steps: { type: "string", default: "5" },
  batch: { type: "string", default: "8" },
  length: { type: "string", default: "64" },
  prompt: { type: "string", default: "24" },
  tokens: { type: "string", default: "32" },
  rank: { type: "string", default: "16" },
  help: { type: "boolean", default: false },
} as const

/**
 * What a pretrained model costs: each mode on each number of threads, one process at a time, Assay
 * and its peer in turn; medians of the rounds, and the ratio of each round.
 */
export const run = async (given: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({ args: [...given], options })
  if (values.help || values.model === undefined) return console.log(usage)
  const folder = resolve(values.model)
  const [batch, length, prompt, tokens, rank, steps] = [
    values.batch,
    values.length,
    values.prompt,
    values.tokens,
    values.rank,
    values.steps,
  ].map(Number) as [number, number, number, number, number, number]
  for (const threads of values.threads.split(",").map(Number)) {
    for (const mode of values.modes.split(",") as Array<Work["mode"]>) {
      const work: Work = { mode, batch, length, prompt, tokens, rank, threads, steps }
      const rounds: Array<Round> = []
      for (let round = 0; round < Number(values.rounds); round++) {
        const ours = await assay(folder, work)
        rounds.push(values.peer === undefined ? { ours } : { ours, peer: await peer(values.peer, folder, work) })
      }
      console.log(values.json ? JSON.stringify({ work, rounds }) : line(work, rounds))
    }
  }
}

interface Round {
  readonly ours: Measured
  readonly peer?: Measured
}

/** In the environment of a stage's process, whose allocator keeps what it has freed. */
const assay = (folder: string, work: Work): Promise<Measured> => {
  const settings = { assayRoot: "", engines: "", engine: "onnx", device: "cpu", threads: work.threads } as const
  const environment = environmentOf({ trusted: false, engine: false, declared: [] }, settings)
  return measureIn(measure, { folder, ...work }, environment)
}

const peer = (command: string, folder: string, { mode, ...sizes }: Work): Promise<Measured> => {
  const [program = "", ...before] = command.split(" ")
  const flags = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)])
  return lastLineOf(program, [...before, folder, peerMode(mode), ...flags])
}

const line = ({ mode, threads }: Work, rounds: ReadonlyArray<Round>): string => {
  const ours = (of: (measured: Measured) => number | undefined) => median(rounds.flatMap((round) => of(round.ours) ?? []))
  const peers = rounds.flatMap((round) => round.peer ?? [])
  const ratios = rounds.flatMap((round) => (round.peer === undefined ? [] : [round.peer.milliseconds / round.ours.milliseconds]))
  const parts = [
    `${mode}, ${threads} thread${threads > 1 ? "s" : ""}`.padEnd(28),
    `${ours(({ milliseconds }) => milliseconds).toFixed(0)} ms`.padStart(9),
    `${ours(({ peak_mib }) => peak_mib).toFixed(0)} MiB`.padStart(10),
    ...(peers.length === 0
      ? []
      : [
          `peer ${median(peers.map(({ milliseconds }) => milliseconds)).toFixed(0)} ms`,
          `${median(peers.flatMap(({ peak_mib }) => peak_mib ?? [])).toFixed(0)} MiB`,
          `× ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`,
        ]),
  ]
  return parts.join("  ")
}
