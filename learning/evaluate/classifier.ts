import type { ClassificationRow } from "../../data/schema/index.ts"
import type { LogProbabilities } from "../policy/log-probabilities.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { GivenPair } from "./given-pairs.ts"

/** log π of the two responses of each pair, nats. */
type Sides = ReadonlyArray<readonly [chosen: number, rejected: number]>

/** The reference: its log-probabilities, and its weights. */
interface Reference {
  readonly logProbabilities: LogProbabilities
  readonly parameters: WeightsByName
}

/**
 * Classifies pairs that gold has ordered, by the sign of the margin Δ = log π/π_ref(chosen) − log
 * π/π_ref(rejected), nats. A margin of exactly 0 is undecided. The reference's log-probabilities of
 * given pairs are computed once for all policies.
 */
export class Classifier {
  readonly #logProbabilities: LogProbabilities
  readonly #reference: Reference
  readonly #given: Array<{ readonly source: string; readonly pairs: ReadonlyArray<GivenPair>; readonly reference: Sides }> = []

  constructor(logProbabilities: LogProbabilities, reference: Reference) {
    this.#logProbabilities = logProbabilities
    this.#reference = reference
  }

  /** Adds pairs that every policy classifies. */
  async addPairs(source: string, pairs: ReadonlyArray<GivenPair>): Promise<void> {
    this.#given.push({ source, pairs, reference: await this.#referenceSides(pairs) })
  }

  /** Classifies a policy's own samples and all given pairs. */
  async classify(policy: WeightsByName, samples: ReadonlyArray<GivenPair>): Promise<ReadonlyArray<Omit<ClassificationRow, "step">>> {
    const ofSamples = { source: "samples", pairs: samples, reference: await this.#referenceSides(samples) }
    const rows: Array<Omit<ClassificationRow, "step">> = []
    for (const { source, pairs, reference } of [ofSamples, ...this.#given]) {
      const sides = await sidesBy(this.#logProbabilities, policy, pairs)
      for (const [index, { pair_id }] of pairs.entries()) {
        const [chosen, rejected] = sides[index] as Sides[number]
        const [chosenBefore, rejectedBefore] = reference[index] as Sides[number]
        const [chosen_change, rejected_change] = [chosen - chosenBefore, rejected - rejectedBefore]
        const margin = chosen_change - rejected_change
        const correct = margin === 0 ? null : margin > 0
        rows.push({ pair_id, margin, correct, chosen_change, rejected_change, pair_source: source })
      }
    }
    return rows
  }

  #referenceSides(pairs: ReadonlyArray<GivenPair>): Promise<Sides> {
    const { logProbabilities, parameters } = this.#reference
    return sidesBy(logProbabilities, parameters, pairs)
  }
}

const sidesBy = async (logProbabilities: LogProbabilities, policy: WeightsByName, pairs: ReadonlyArray<GivenPair>): Promise<Sides> => {
  const of = (side: "chosen" | "rejected") =>
    logProbabilities.of(
      policy,
      pairs.map((pair) => pair[side]),
    )
  const [chosen, rejected] = [await of("chosen"), await of("rejected")]
  return pairs.map((_, index) => [chosen[index] as number, rejected[index] as number])
}
