import type { EngineSetting } from "../../engine/index.ts"
import type { Policy } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { type PairBatch, sidesOf, stackSides } from "../policy/pair-batch.ts"
import type { Resumable, SavedState } from "../trainer/saved-state.ts"

type Sides = readonly [chosen: number, rejected: number]

/**
 * log π_ref of pairs (nats), which no training changes: of a pair that comes again they are
 * computed once, with the batch in which it came first.
 */
export class ReferenceLogProbabilities implements Resumable {
  readonly #reference: Pick<Policy, "configuration" | "parameters">
  readonly #logProbabilities: LogProbabilities
  /** By the places of pairs; a hole where it was not computed. */
  readonly #known: Array<Sides> = []

  constructor(reference: Pick<Policy, "configuration" | "parameters">, engine: EngineSetting) {
    this.#reference = reference
    this.#logProbabilities = new LogProbabilities(reference.configuration, engine)
  }

  /** Of the chosen and the rejected responses of a batch, as its rows lie. */
  async of(batch: PairBatch): Promise<Float32Array> {
    const known = batch.packed.map(({ place }) => (place === undefined ? undefined : this.#known[place]))
    const areKnown = known.every((sides) => sides !== undefined)
    const computed = areKnown ? undefined : await this.#logProbabilities.ofPacked(this.#reference.parameters, batch)
    const all = known.map((sides, index) => sides ?? sidesOf(computed as Float32Array, index))
    for (const [index, { place }] of batch.packed.entries()) if (place !== undefined) this.#known[place] = all[index] as Sides
    return Float32Array.from(
      stackSides(
        all.map(([chosen]) => chosen),
        all.map(([, rejected]) => rejected),
      ),
    )
  }

  snapshot(): SavedState {
    return { reference: Float32Array.from(Array.from(this.#known, (sides) => sides ?? [Number.NaN, Number.NaN]).flat()) }
  }

  restore({ reference = new Float32Array() }: SavedState): void {
    for (let place = 0; 2 * place < reference.length; place++) {
      const [chosen = Number.NaN, rejected = Number.NaN] = reference.subarray(2 * place, 2 * place + 2)
      if (!Number.isNaN(chosen)) this.#known[place] = [chosen, rejected]
    }
  }
}
