import { type Row, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { type Labels, labelsOf, printTies, printUncounted, printUnknownLabels } from "../judge/labels.ts"
import type { Policy } from "../policy/files.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { type TokenPair, tokenizePair } from "../policy/token-pair.ts"
import { tokenizeOnce } from "../policy/tokenize-once.ts"
import { Epochs } from "../trainer/epochs.ts"
import type { DrawnPairs, PairSource } from "./pair-source.ts"

type Preference = Row<typeof preferences>

/** What a source of given pairs is made of. */
export interface GivenPairsOptions {
  /** Rows of a `Preferences` table. */
  readonly rows: ReadonlyArray<Preference>
  /** The policy that is trained on them. */
  readonly policy: Pick<Policy, "tokenizer">
  /** Pairs per step. */
  readonly batchSize: number
  /**
   * Logical digest of the policy that the pairs should be drawn from: `printCounts` says where some
   * come from another one.
   */
  readonly reference?: string
}

/** The pairs of a table, some of them at each step. */
abstract class GivenPairs implements PairSource {
  readonly labels: Labels
  readonly #options: GivenPairsOptions
  readonly #areAllKnown: boolean
  readonly #tokenize: (row: Preference) => TokenPair

  constructor(options: GivenPairsOptions) {
    const { labels, areAllKnown } = labelsOf(options.rows)
    this.labels = labels
    this.#options = options
    this.#areAllKnown = areAllKnown
    const places = new Map(options.rows.map((row, place) => [row, place]))
    this.#tokenize = tokenizeOnce((row: Preference) => {
      return { ...tokenizePair(options.policy.tokenizer, row), place: places.get(row) as number }
    })
  }

  /** Tokens of the longest response that was drawn, at least 1. */
  get longestResponse(): number {
    const lengths = this.#options.rows.map(({ chosen_token_ids: { length }, rejected_token_ids }) =>
      Math.max(length, rejected_token_ids.length),
    )
    return lengths.reduce((most, length) => Math.max(most, length), 1)
  }

  protected abstract rowsAt(step: number): ReadonlyArray<Preference>

  async draw(_: WeightsByName, step: number): Promise<DrawnPairs> {
    const rows = this.rowsAt(step)
    return { rows, pairs: rows.map(this.#tokenize), report: {} }
  }

  snapshot() {
    return {}
  }

  restore(): void {}

  printCounts(): void {
    const { rows, reference } = this.#options
    if (!this.#areAllKnown) printUnknownLabels()
    printUncounted(rows, reference)
  }
}

/** The pairs of a table that are not ties, in random epochs. */
export class ShuffledPairs extends GivenPairs {
  readonly #rows: ReadonlyArray<Preference>
  readonly #useful: ReadonlyArray<Preference>
  readonly #epochs: Epochs

  /** Throws a StageError `TooLittleData` where there are fewer such pairs than a batch takes. */
  constructor({ seed, ...options }: GivenPairsOptions & { readonly seed: number }) {
    super(options)
    const { rows, batchSize } = options
    this.#rows = rows
    this.#useful = rows.filter(({ tie }) => !tie)
    if (this.#useful.length < batchSize)
      throw tooLittle(`there are ${this.#useful.length} pairs that are not ties, and a batch takes ${batchSize}`)
    this.#epochs = new Epochs(this.#useful.length, { batchSize, seed })
  }

  protected rowsAt(step: number): ReadonlyArray<Preference> {
    return this.#epochs.at(step).map((index) => this.#useful[index] as Preference)
  }

  override printCounts(): void {
    super.printCounts()
    printTies(this.#rows)
  }
}

/** The pairs of a recorded stream, one recorded step a step, ties in their places. */
export class RecordedPairs extends GivenPairs {
  readonly #ordered: ReadonlyArray<Preference>
  readonly #batchSize: number

  /**
   * Throws a StageError `TooLittleData` where the stream has fewer pairs than `steps` batches,
   * `NotAStream` where a batch is not one recorded step.
   */
  constructor({ steps, ...options }: GivenPairsOptions & { readonly steps: number }) {
    super(options)
    const { rows, batchSize } = options
    const ordered = [...rows].sort((a, b) => a.step - b.step || a.position - b.position)
    if (ordered.length < batchSize * steps)
      throw tooLittle(`the stream has ${ordered.length} pairs, and ${steps} steps of ${batchSize} take ${batchSize * steps}`)
    for (let place = 0; place < batchSize * steps; place += batchSize) {
      const step = ordered[place]?.step
      const members = ordered.slice(place, place + batchSize)
      if (members.some((member) => member.step !== step) || ordered[place + batchSize]?.step === step)
        throw new StageError(
          "NotAStream",
          `the pairs of step ${step} are not ${batchSize}: replay a stream with the batch size it was recorded with`,
        )
    }
    this.#ordered = ordered
    this.#batchSize = batchSize
  }

  protected rowsAt(step: number): ReadonlyArray<Preference> {
    return this.#ordered.slice((step - 1) * this.#batchSize, step * this.#batchSize)
  }
}

const tooLittle = (problem: string): StageError => new StageError("TooLittleData", `${problem}; use a smaller batch or more pairs`)
