import type { EngineSetting, Program } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Parameters } from "../policy/parameters.ts"
import { compileLogProbability, type Sequence } from "../policy/sequence.ts"
import { portion, portions } from "./portions.ts"

/** log π(response | prompt) under policies of one configuration, nats: half the work of a divergence, and less for the same reference again. */
export class LogProbabilities {
  readonly #configuration: Configuration
  readonly #engine: EngineSetting
  readonly #programs = new Map<number, Promise<Program>>()

  constructor(configuration: Configuration, engine: EngineSetting) {
    this.#configuration = configuration
    this.#engine = engine
  }

  async of(policy: Parameters, sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<number>> {
    const results: Array<number> = []
    for (const { length, tokens, mask, filled } of portions(sequences, this.#configuration.context)) {
      const program = await this.#program(length)
      const { logp } = await program.run({ tokens, mask, ...policy })
      for (let row = 0; row < filled; row++) results.push(logp?.[row] as number)
    }
    return results
  }

  #program(length: number): Promise<Program> {
    const program = this.#programs.get(length) ?? compileLogProbability(this.#configuration, portion, length, this.#engine)
    this.#programs.set(length, program)
    return program
  }
}
