import type { EngineSetting, NamedValues, Program, TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { packSequences, type Sequence } from "../policy/packing.ts"
import type { Parameters } from "../policy/parameters.ts"
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
  readonly #programs = new Map<string, Promise<Program>>()

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
      // The last portion is filled up with nothing, so that its program may be that of another.
      const full = Array.from({ length: portion }, (_, row) => part[row] ?? nothing)
      const { specs, values } = packSequences(full, this.#configuration.context)
      const program = await this.#program(specs)
      const { kl, ratio } = await program.run({ ...values, ...parameters })
      for (const row of part.keys()) results.push({ kl: kl?.[row] as number, ratio: ratio?.[row] as number })
    }
    return results
  }

  #program(specs: TensorSpecs): Promise<Program> {
    const key = JSON.stringify(specs)
    const program = this.#programs.get(key) ?? compileDivergence(this.#configuration, specs, this.#engine)
    this.#programs.set(key, program)
    return program
  }
}

const nothing: Sequence = { prompt: new Int32Array(), response: new Int32Array() }

const prefixed = (prefix: string, parameters: Parameters): NamedValues =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`${prefix}${name}`, values]))
