import type { EngineSetting, NamedValues, Program, TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Sequence } from "../policy/packing.ts"
import type { Parameters } from "../policy/parameters.ts"
import { portions } from "../policy/portions.ts"
import { compileDivergence } from "./divergence.ts"

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

/** Computes the divergence of policies of one configuration from one reference. */
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

  /** One divergence per sequence, in their order. */
  async of(policy: Parameters, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<Divergence>> {
    const parameters = { ...this.#reference, ...prefixed("policy/", policy) }
    const results: Array<Divergence> = []
    for (const { packed, count } of portions(sequences, this.#configuration.context)) {
      const program = await this.#program(packed.specs)
      const values = await program.run({ ...packed.values, ...parameters })
      const at = (name: keyof Divergence, row: number) => values[name]?.[row] as number
      for (let row = 0; row < count; row++) {
        results.push({ kl: at("kl", row), ratio: at("ratio", row), k3: at("k3", row), reference: at("reference", row) })
      }
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

const prefixed = (prefix: string, parameters: Parameters): NamedValues =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`${prefix}${name}`, values]))
