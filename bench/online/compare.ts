import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { loadavg, tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { openTableWriter, readRows } from "../../data/parquet/index.ts"
import { prompts as promptColumns } from "../../data/schema/index.ts"
import { median } from "../engine/workload.ts"
import { lastLineOf, measureIn } from "../last-line.ts"
import { runAssay } from "../run-assay.ts"
import type { OnlineMeasured, OnlineRun } from "./online-run.ts"

const measure = resolve(import.meta.dirname, "measure.ts")
const corpus = resolve(import.meta.dirname, "../../data/corpora/sentiment/prompts.parquet")

/** As many prompts as the peer reads. */
const promptCount = 4000

const usage = `usage: npm run bench -- online [--json] [--peer "<command>"] [--untied] [--rounds 3] [--steps 60] [folder]

Milliseconds per step of online IPO: draw two responses of at most 48 tokens to each of 32 prompts, judge, learn. On one thread, and two
runs at once.

--peer  a command that takes the folder of a policy, a file with one prompt per line, and --steps --batch --tokens --threads, and prints one
        line of JSON with "milliseconds", the median step after five; it runs in turn with Assay
--untied  has Assay's judge break ties by a checksum: a tie teaches nothing, and costs Assay less than another pair
folder  keeps the policy there, so that another run need not train it`

/** Measures Assay and its peer in turns, and prints medians and the ratios of the rounds. */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...options],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      peer: { type: "string" },
      untied: { type: "boolean", default: false },
      rounds: { type: "string", default: "3" },
      steps: { type: "string", default: "60" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(usage)
  const [kept] = positionals
  const folder = kept === undefined ? await realpath(await mkdtemp(join(tmpdir(), "assay-online-"))) : resolve(kept)
  try {
    const given = await prepare(folder)
    const { peer, untied } = values
    const workload = { steps: Number(values.steps), batch: 32, tokens: 48, threads: 1 }
    const sides: Sides = {
      assay: () => measureIn(measure, { policy: given.policy, prompts: given.prompts, untied, ...workload } satisfies OnlineRun),
      ...(peer === undefined ? {} : { peer: () => peerOnce(peer, given, workload) }),
    }
    for (const [name, atOnce] of [
      ["one run", 1],
      ["two runs at once", 2],
    ] as const) {
      const rounds: Array<Round> = []
      for (let round = 0; round < Number(values.rounds); round++) rounds.push(await measureRound(sides, atOnce))
      const result = summary(name, rounds)
      console.log(values.json ? JSON.stringify(result) : asLine(result))
    }
    if (values.peer === undefined)
      console.log(`Assay alone: --peer "<command>" compares it with another trainer (npm run bench -- online --help)`)
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true })
  }
}

interface Given {
  readonly policy: string
  readonly prompts: string
  /** The same prompts, one per line. */
  readonly lines: string
}

/** Trains and exports the policy, and writes the prompts for both sides. */
const prepare = async (folder: string): Promise<Given> => {
  const given = { policy: join(folder, "policy"), prompts: join(folder, "prompts.parquet"), lines: join(folder, "prompts.txt") }
  await cp(join(import.meta.dirname, "pipeline.ts"), join(folder, "pipeline.ts"))
  await writeFile(join(folder, "package.json"), '{ "type": "module" }')
  await runAssay(folder, ["run", "pipeline.ts"])
  await rm(given.policy, { recursive: true, force: true })
  await runAssay(folder, ["export", "policy", given.policy])
  const rows = (await readRows(corpus, promptColumns)).filter(({ split }) => split === "train").slice(0, promptCount)
  const writer = await openTableWriter(given.prompts, promptColumns)
  await writer.append(rows)
  await writer.close()
  await writeFile(given.lines, rows.map(({ prompt }) => `${prompt}\n`).join(""))
  return given
}

const peerOnce = (
  command: string,
  { policy, lines }: Given,
  workload: Pick<OnlineRun, "steps" | "batch" | "tokens" | "threads">,
): Promise<OnlineMeasured> => {
  const [program = "", ...before] = command.split(" ")
  return lastLineOf(program, [
    ...before,
    policy,
    lines,
    ...Object.entries(workload).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ])
}

interface Sides {
  readonly assay: () => Promise<OnlineMeasured>
  readonly peer?: () => Promise<OnlineMeasured>
}

/** Milliseconds per step of all runs of a side together, and the share of ties. */
interface Round {
  readonly assay: number
  readonly ties: number
  readonly peer?: number
}

/** Both sides, one after the other, each with `atOnce` runs at one time. */
const measureRound = async ({ assay, peer }: Sides, atOnce: number): Promise<Round> => {
  const runs = await together(assay, atOnce)
  return {
    assay: perStep(runs),
    ties: median(runs.flatMap(({ ties }) => ties ?? [])),
    ...(peer === undefined ? {} : { peer: perStep(await together(peer, atOnce)) }),
  }
}

const together = <T>(measureOnce: () => Promise<T>, atOnce: number): Promise<ReadonlyArray<T>> =>
  Promise.all(Array.from({ length: atOnce }, measureOnce))

/** Milliseconds per step of all runs: two at once take half as long as each of them. */
const perStep = (runs: ReadonlyArray<OnlineMeasured>): number =>
  1 / runs.reduce((stepsPerMs, { milliseconds }) => stepsPerMs + 1 / milliseconds, 0)

const summary = (name: string, rounds: ReadonlyArray<Round>) => {
  const peers = rounds.flatMap(({ peer }) => peer ?? [])
  return {
    name,
    milliseconds: median(rounds.map(({ assay }) => assay)),
    ties: median(rounds.map(({ ties }) => ties)),
    peer: peers.length === 0 ? undefined : median(peers),
    ratios: rounds.flatMap(({ assay, peer }) => (peer === undefined ? [] : [peer / assay])),
    load: loadavg()[0] as number,
  }
}

const asLine = ({ name, milliseconds, ties, peer, ratios, load }: ReturnType<typeof summary>): string => {
  const parts = [
    name.padEnd(16),
    `${milliseconds.toFixed(1)} ms per step`,
    `ties ${(100 * ties).toFixed(0)} %`,
    peer === undefined
      ? ""
      : `peer ${peer.toFixed(1)} ms, ratio ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`,
    `load ${load.toFixed(1)}`,
  ]
  return parts.filter((part) => part !== "").join("  ")
}
