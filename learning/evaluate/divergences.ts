import { type EngineSetting, type NamedValues, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { compileDivergence } from "../policy/divergence.ts"
import type { Policy } from "../policy/files.ts"
import { packInBatches } from "../policy/pack-in-batches.ts"
import { type Sequence, splitByRow } from "../policy/packing.ts"
import type { WeightsByName } from "../policy/parameters.ts"

/** All in nats; `kl`, `ratio`, `k3` and `reference` are summed over the response. */
export interface Divergence {
  /** Exact per-token KL to the reference. */
  readonly kl: number
  /** log π/π_ref of the response: the sum of `ratios`. */
  readonly ratio: number
  /** log π/π_ref of each of its tokens. */
  readonly ratios: Float32Array
  /** The estimate k3 of the KL from the response's own tokens. */
  readonly k3: number
  /** log π_ref of the response. */
  readonly reference: number
}

/** Computes the divergence of policies of one configuration from one reference. */
export class Divergences {
  readonly #configuration: Configuration
  readonly #reference: NamedValues
  readonly #programs: ProgramCache<TensorSpecs>

  constructor(configuration: Configuration, reference: Pick<Policy, "configuration" | "parameters">, engine: EngineSetting) {
    this.#configuration = configuration
    this.#reference = prefixed("reference/", reference.parameters)
    this.#programs = new ProgramCache((specs) =>
      compileDivergence({ policy: configuration, reference: reference.configuration }, specs, engine),
    )
  }

  /** One divergence per sequence, in their order. */
  async of(policy: WeightsByName, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<Divergence>> {
    const parameters = { ...this.#reference, ...prefixed("policy/", policy) }
    const results: Array<Divergence> = []
    for (const { packed, count } of packInBatches(sequences, this.#configuration.context)) {
      const program = await this.#programs.get(packed.specs)
      const values = await program.run({ ...packed.values, ...parameters })
      const at = (name: "kl" | "k3" | "reference", row: number) => values[name]?.[row] as number
      for (const [row, ratios] of splitByRow(values.ratios as Float32Array, packed)
        .slice(0, count)
        .entries()) {
        const ratio = ratios.reduce((sum, value) => sum + value, 0)
        results.push({ kl: at("kl", row), ratio, ratios, k3: at("k3", row), reference: at("reference", row) })
      }
    }
    return results
  }
}

const prefixed = (prefix: string, parameters: WeightsByName): NamedValues =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`${prefix}${name}`, values]))
