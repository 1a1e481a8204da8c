import { type EngineSetting, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import { packInBatches } from "./pack-in-batches.ts"
import type { Packed, Sequence } from "./packing.ts"
import type { WeightsByName } from "./parameters.ts"
import { compileLogProbability } from "./sequence.ts"

/**
 * log π(response | prompt) of sequences under policies of one configuration, in nats, by as few
 * programs as there are sizes of batches.
 */
export class LogProbabilities {
  readonly #configuration: Configuration
  readonly #programs: ProgramCache<TensorSpecs>

  constructor(configuration: Configuration, engine: EngineSetting) {
    this.#configuration = configuration
    this.#programs = new ProgramCache((specs) => compileLogProbability(configuration, specs, engine))
  }

  /** Of any number of sequences. */
  async of(parameters: WeightsByName, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<number>> {
    const results: Array<number> = []
    for (const { packed, count } of packInBatches(sequences, this.#configuration.context)) {
      results.push(...(await this.ofPacked(parameters, packed)).subarray(0, count))
    }
    return results
  }

  /** Of the sequences of one batch, [rows]. */
  async ofPacked(parameters: WeightsByName, { specs, values }: Packed): Promise<Float32Array> {
    const program = await this.#programs.get(specs)
    const { logp } = await program.run({ ...values, ...parameters })
    return logp as Float32Array
  }
}
