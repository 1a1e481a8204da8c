import type { EngineSetting, NamedValues, Program } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Parameters } from "../policy/parameters.ts"
import { batchSequences, type Sequence, sequenceLength } from "../policy/sequence.ts"
import { compileDivergence } from "./divergence.ts"

export interface Divergence {
  /** Exact per-token KL to the reference, summed over the response, nats. */
  readonly kl: number
  /** log π/π_ref of the response, nats. */
  readonly ratio: number
}

/** Rows of one call. */
const portion = 64

/** Divergences of policies of one configuration from one reference. */
export class Divergences {
  readonly #configuration: Configuration
  readonly #reference: NamedValues
  readonly #engine: EngineSetting
  readonly #programs = new Map<number, Promise<Program>>()

  constructor(configuration: Configuration, reference: Parameters, engine: EngineSetting) {
    this.#configuration = configuration
    this.#reference = prefixed("reference/", reference)
    this.#engine = engine
  }

  async of(policy: Parameters, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<Divergence>> {
    const parameters = { ...this.#reference, ...prefixed("policy/", policy) }
    const results: Array<Divergence> = []
    for (let start = 0; start < sequences.length; start += portion) {
      const part = sequences.slice(start, start + portion)
      // The last portion is filled up with its first row, so that one program serves all.
      const full = Array.from({ length: portion }, (_, row) => part[row] ?? (part[0] as Sequence))
      const { length, tokens, mask } = batchSequences(full, sequenceLength(full, this.#configuration.context))
      const program = await this.#program(length)
      const { kl, ratio } = await program.run({ tokens, mask, ...parameters })
      for (const row of part.keys()) results.push({ kl: kl?.[row] as number, ratio: ratio?.[row] as number })
    }
    return results
  }

  #program(length: number): Promise<Program> {
    const program = this.#programs.get(length) ?? compileDivergence(this.#configuration, portion, length, this.#engine)
    this.#programs.set(length, program)
    return program
  }
}

const prefixed = (prefix: string, parameters: Parameters): NamedValues =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`${prefix}${name}`, values]))
