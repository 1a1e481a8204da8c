import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { lastLineOf, measureIn } from "../last-line.ts"
import { type Measured, median, nameOf, type Workload, workloads } from "./workload.ts"

const measure = resolve(import.meta.dirname, "measure.ts")

const usage = `usage: npm run bench -- engine [--json] [--peer "<command>"] [--wasm] [--together] [--modes train,ipo,ipo-shared,decode] [--widths 64,128,256] [--threads 1,2] [--rounds 3]

--peer  a command that takes a mode and --width --layers --heads --vocab --batch --length --tokens --threads and prints one line of JSON
        with "milliseconds"; it is asked for its best setting first (plain, --fused, --compile, both), then runs in turn with Assay
        ("ipo-shared" is the peer's "ipo", whose prompts it cannot share)
--wasm  compare with TensorFlow.js's eager wasm backend too (slow)
--together  what a program on one thread loses by another one beside it`

/**
 * Measures every workload, one process at a time, Assay and its peer in turns, and prints medians
 * and ratios of pairs.
 */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({
    args: [...options],
    options: {
      json: { type: "boolean", default: false },
      peer: { type: "string" },
      wasm: { type: "boolean", default: false },
      together: { type: "boolean", default: false },
      modes: { type: "string", default: "train,ipo,ipo-shared,decode" },
      widths: { type: "string", default: "64,128,256" },
      threads: { type: "string", default: "1,2" },
      rounds: { type: "string", default: "3" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(usage)
  const threads = values.threads.split(",").map(Number)
  const widths = values.widths.split(",").map(Number)
  const all = workloads(threads, values.modes.split(",") as Array<Workload["mode"]>)
  for (const workload of all.filter(({ width }) => widths.includes(width))) {
    const settings = values.peer === undefined ? undefined : await bestSettings(values.peer, workload, threads)
    const rounds: Array<Round> = []
    for (let round = 0; round < Number(values.rounds); round++) {
      const ours = await assay(workload, "onnx")
      const peer = values.peer === undefined || settings === undefined ? {} : { peer: await peerOnce(values.peer, workload, settings) }
      const together = values.together && workload.threads === 1 ? { together: await beside(workload) } : {}
      rounds.push({ ours, ...peer, ...together })
    }
    const profiled = workload.mode === "decode" ? undefined : await assay(workload, "onnx", { profiled: true })
    const wasm = values.wasm && workload.threads === 1 ? await assay(workload, "wasm") : undefined
    const result = summary(workload, rounds, settings, { wasm, profiled })
    console.log(values.json ? JSON.stringify(result) : asLine(result))
  }
}

const assay = (workload: Workload, engine: "onnx" | "wasm", more: { readonly profiled?: true } = {}): Promise<Measured> =>
  measureIn(measure, { ...workload, engine, ...more })

/** Runs two programs of one thread each at the same time, and returns the slower. */
const beside = async (workload: Workload): Promise<Measured> => {
  const both = await Promise.all([assay(workload, "onnx"), assay(workload, "onnx")])
  return both[0].milliseconds > both[1].milliseconds ? both[0] : both[1]
}

interface PeerSettings {
  readonly flags: ReadonlyArray<string>
  readonly threads: number
}

const peerOnce = (command: string, { mode, ...sizes }: Workload, { flags, threads }: PeerSettings): Promise<Measured> => {
  const [program = "", ...given] = command.split(" ")
  const options = Object.entries({ ...sizes, threads }).flatMap(([name, value]) => [`--${name}`, String(value)])
  const isPairs = mode === "ipo" || mode === "ipo-shared"
  const precomputed = isPairs ? ["--precomputed-reference"] : []
  return lastLineOf(program, [...given, isPairs ? "ipo" : mode, ...options, ...flags, ...precomputed])
}

/** The fastest of the peer's settings, with no more threads than Assay has. */
const bestSettings = async (command: string, workload: Workload, threads: ReadonlyArray<number>): Promise<PeerSettings> => {
  const flags = workload.mode === "decode" ? [[]] : [[], ["--fused"], ["--compile"], ["--compile", "--fused"]]
  const candidates = threads
    .filter((count) => count <= workload.threads)
    .flatMap((count) => flags.map((each) => ({ flags: each, threads: count })))
  const tried: Array<{ readonly settings: PeerSettings; readonly milliseconds: number }> = []
  for (const settings of candidates) {
    const measured = await peerOnce(command, workload, settings).catch(() => undefined)
    if (measured !== undefined) tried.push({ settings, milliseconds: measured.milliseconds })
  }
  const best = tried.sort((a, b) => a.milliseconds - b.milliseconds)[0]
  if (best === undefined) throw new Error(`the peer printed no measurement: check that "${command}" runs`)
  return best.settings
}

interface Round {
  readonly ours: Measured
  readonly peer?: Measured
  readonly together?: Measured
}

interface Others {
  readonly wasm: Measured | undefined
  readonly profiled: Measured | undefined
}

const summary = (workload: Workload, rounds: ReadonlyArray<Round>, settings: PeerSettings | undefined, { wasm, profiled }: Others) => {
  const of = (value: (round: Round) => number | undefined): number | undefined => {
    const values = rounds.flatMap((round) => value(round) ?? [])
    return values.length === 0 ? undefined : median(values)
  }
  const milliseconds = of(({ ours }) => ours.milliseconds) as number
  const together = of((round) => round.together?.milliseconds)
  return {
    workload,
    milliseconds,
    tokens_per_second: of(({ ours }) => ours.tokens_per_second),
    peak_mib: of(({ ours }) => ours.peak_mib),
    compile: of(({ ours }) => ours.compile),
    javascript_share: of(({ ours }) => (ours.javascript === undefined ? undefined : ours.javascript / ours.milliseconds)),
    together_ratio: together === undefined ? undefined : together / milliseconds,
    /** The share of each operator in a step, and of all matrix products. */
    operators: profiled?.profile?.operators,
    product_share: profiled?.profile?.products,
    peer: of(({ peer }) => peer?.milliseconds),
    peer_settings: settings,
    ratios: rounds.flatMap(({ ours, peer }) => (peer === undefined ? [] : [peer.milliseconds / ours.milliseconds])),
    wasm_ratio: wasm === undefined ? undefined : wasm.milliseconds / milliseconds,
  }
}

const asLine = ({ workload, ...result }: ReturnType<typeof summary>): string => {
  const parts = [
    nameOf(workload).padEnd(24),
    `${result.milliseconds.toFixed(1)} ms`.padStart(10),
    `${result.tokens_per_second} tokens/s`.padStart(18),
    `${result.peak_mib} MiB`.padStart(9),
    result.product_share === undefined ? "" : `products ${(100 * result.product_share).toFixed(0)} %`,
    result.javascript_share === undefined ? "" : `JavaScript ${(100 * result.javascript_share).toFixed(1)} %`,
    result.compile === undefined ? "" : `compile ${result.compile.toFixed(0)} ms`,
    result.together_ratio === undefined ? "" : `two at once × ${result.together_ratio.toFixed(2)}`,
    result.peer === undefined
      ? ""
      : `peer ${result.peer.toFixed(1)} ms (${[...(result.peer_settings?.flags ?? []), `${result.peer_settings?.threads} threads`].join(" ")}), ratios ${result.ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`,
    result.wasm_ratio === undefined ? "" : `wasm × ${result.wasm_ratio.toFixed(0)}`,
  ]
  return parts.filter((part) => part !== "").join("  ")
}
