import type { EngineSetting, Program } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import type { Packed, Sequence } from "./packing.ts"
import type { Parameters } from "./parameters.ts"
import { portions } from "./portions.ts"
import { compileLogProbability } from "./sequence.ts"

/** log π(response | prompt) of sequences under policies of one configuration, in nats, by as few programs as there are sizes of batches. */
export class LogProbabilities {
  readonly #configuration: Configuration
  readonly #engine: EngineSetting
  readonly #programs = new Map<string, Promise<Program>>()

  constructor(configuration: Configuration, engine: EngineSetting) {
    this.#configuration = configuration
    this.#engine = engine
  }

  /** Of any number of sequences. */
  async of(parameters: Parameters, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<number>> {
    const results: Array<number> = []
    for (const { packed, count } of portions(sequences, this.#configuration.context)) {
      results.push(...(await this.ofPacked(parameters, packed)).subarray(0, count))
    }
    return results
  }

  /** Of the sequences of one batch, [rows]. */
  async ofPacked(parameters: Parameters, { specs, values }: Packed): Promise<Float32Array> {
    const key = JSON.stringify(specs)
    const program = this.#programs.get(key) ?? compileLogProbability(this.#configuration, specs, this.#engine)
    this.#programs.set(key, program)
    const { logp } = await (await program).run({ ...values, ...parameters })
    return logp as Float32Array
  }
}
