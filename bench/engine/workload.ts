import type { Profile } from "./profile.ts"

/** A workload: the peer does the same work for the same options. */
export interface Workload {
  readonly mode: "train" | "ipo" | "ipo-shared" | "decode"
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly vocab: number
  /** The number of sequences; in mode ipo, of pairs. */
  readonly batch: number
  /** Tokens per sequence, in modes train and ipo. */
  readonly length: number
  /** Sampled tokens per sequence, in mode decode. */
  readonly tokens: number
  readonly threads: number
}

/** The measurements of one side, in the form that the peer prints. */
export interface Measured {
  readonly milliseconds: number
  readonly tokens_per_second: number
  /** Peak resident memory of the process in MiB, if known. */
  readonly peak_mib?: number
  /** Milliseconds to compile the program, if there is one. */
  readonly compile?: number
  /** Milliseconds of a step outside of ONNX Runtime. */
  readonly javascript?: number
  readonly profile?: Profile
}

export const sizes = [
  { width: 64, layers: 2, heads: 2, vocab: 1024 },
  { width: 128, layers: 4, heads: 4, vocab: 512 },
  { width: 256, layers: 6, heads: 8, vocab: 2048 },
] as const

export const workloads = (threads: ReadonlyArray<number>, modes: ReadonlyArray<Workload["mode"]>): ReadonlyArray<Workload> =>
  sizes.flatMap((size) =>
    modes.flatMap((mode) => threads.map((count) => ({ mode, ...size, batch: 32, length: 64, tokens: 32, threads: count }))),
  )

export const nameOf = ({ mode, width, layers, threads }: Workload): string =>
  `${mode} ${width}/${layers}, ${threads} thread${threads > 1 ? "s" : ""}`

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
