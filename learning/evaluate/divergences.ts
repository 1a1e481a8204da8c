import type { EngineSetting, NamedValues, Program } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Parameters } from "../policy/parameters.ts"
import type { Sequence } from "../policy/sequence.ts"
import { compileDivergence } from "./divergence.ts"
import { portion, portions } from "./portions.ts"

/** All in nats, summed over the response. */
export interface Divergence {
  /** Exact per-token KL to the reference. */
  readonly kl: number
  /** log π/π_ref of the response. */
  readonly ratio: number
  /** The estimate k3 of the KL from the response's own tokens. */
  readonly k3: number
  /** log π_ref of the response. */
  readonly reference: number
}

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
    for (const { length, tokens, mask, filled } of portions(sequences, this.#configuration.context)) {
      const program = await this.#program(length)
      const found = await program.run({ tokens, mask, ...parameters })
      const at = (name: keyof Divergence, row: number) => found[name]?.[row] as number
      for (let row = 0; row < filled; row++) {
        results.push({ kl: at("kl", row), ratio: at("ratio", row), k3: at("k3", row), reference: at("reference", row) })
      }
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
