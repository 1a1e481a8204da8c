/** What verdicts need of evaluations: a few numbers for each prompt, not its texts. */

import type { InputMember } from "assay"
import type { ClassificationRow } from "../../data/schema/index.ts"
import type { Classification, Evaluation } from "../artifacts.ts"
import { type Arm, armsOf, labelOf, placeOf, type RunPlace } from "./runs.ts"

/** One number for each unit (prompt or pair): `places` are theirs in the list of all units. */
export interface Measured {
  readonly places: Int32Array
  readonly values: Float64Array
}

/** A checkpoint on one opponent's prompts. KL in nats, outcomes in [0, 1]. */
export interface MeasuredCheckpoint {
  readonly step: number
  readonly kl: Measured
  readonly outcome: Measured
}

/** How a checkpoint orders pairs of one source; changes of log-likelihood in nats. */
export interface ClassifiedCheckpoint {
  readonly step: number
  readonly accuracy: Measured
  readonly chosenChange: Measured
  readonly rejectedChange: Measured
}

/** One run: checkpoints in order of steps, by opponent and by source of pairs. */
export interface MeasuredRun extends RunPlace {
  readonly against: ReadonlyMap<string, ReadonlyArray<MeasuredCheckpoint>>
  readonly sources: ReadonlyMap<string, ReadonlyArray<ClassifiedCheckpoint>>
}

/** What estimands are observed on. */
export interface Evidence {
  readonly arms: ReadonlyArray<Arm<MeasuredRun>>
  /** How many units (prompts and pairs) there are in all runs together. */
  readonly units: number
}

/** Numbers units in order of first appearance. */
export class UnitNumbers {
  readonly #numbers = new Map<string, number>()

  of(unit: string): number {
    const known = this.#numbers.get(unit)
    if (known !== undefined) return known
    this.#numbers.set(unit, this.#numbers.size)
    return this.#numbers.size - 1
  }

  get count(): number {
    return this.#numbers.size
  }
}

/**
 * Reads evaluations, and for each run the classification at the same place in the record that is
 * wired. Several responses to one prompt become their mean.
 */
export const readEvidence = async (inputs: {
  readonly evaluations: ReadonlyArray<InputMember<typeof Evaluation>>
  readonly classifications: ReadonlyArray<InputMember<typeof Classification>>
}): Promise<Evidence> => {
  const units = new UnitNumbers()
  const runs: Array<MeasuredRun> = []
  for (const member of inputs.evaluations) {
    const classification = inputs.classifications.find((other) => labelOf(other) === labelOf(member))
    runs.push({
      ...placeOf(member),
      against: await readEvaluation(member, units),
      sources: classification === undefined ? new Map() : await readClassification(classification, units),
    })
  }
  return { arms: armsOf(runs), units: units.count }
}

const readEvaluation = async ({ input }: InputMember<typeof Evaluation>, units: UnitNumbers): Promise<MeasuredRun["against"]> => {
  const columns = new Columns(2)
  for await (const rows of input.batches())
    for (const { against, step, prompt_id, kl, outcome } of rows) columns.add(against, step, units.of(`prompt ${prompt_id}`), [kl, outcome])
  return columns.collect((step, [kl, outcome]) => ({ step, kl: kl as Measured, outcome: outcome as Measured }))
}

const readClassification = async ({ input }: InputMember<typeof Classification>, units: UnitNumbers): Promise<MeasuredRun["sources"]> => {
  const columns = new Columns(3)
  for await (const rows of input.batches())
    for (const row of rows)
      columns.add(row.pair_source, row.step, units.of(`${row.pair_source} ${row.pair_id}`), [
        accuracyOf(row),
        row.chosen_change,
        row.rejected_change,
      ])
  return columns.collect((step, [accuracy, chosen, rejected]) => ({
    step,
    accuracy: accuracy as Measured,
    chosenChange: chosen as Measured,
    rejectedChange: rejected as Measured,
  }))
}

/** A margin of 0 counts ½. */
const accuracyOf = ({ correct }: ClassificationRow): number => (correct === null ? 0.5 : Number(correct))

/** Sums of several numbers for each unit, by a name (of an opponent, of a source) and a step. */
class Columns {
  readonly #columns: number
  readonly #sums = new Map<string, Map<number, Map<number, { count: number; readonly sums: Float64Array }>>>()

  constructor(columns: number) {
    this.#columns = columns
  }

  add(name: string, step: number, unit: number, values: ReadonlyArray<number>): void {
    const ofName = entry(this.#sums, name, () => new Map())
    const ofStep = entry(ofName, step, () => new Map())
    const ofUnit = entry(ofStep, unit, () => ({ count: 0, sums: new Float64Array(this.#columns) }))
    ofUnit.count++
    for (const [column, value] of values.entries()) ofUnit.sums[column] = (ofUnit.sums[column] as number) + value
  }

  collect<T>(make: (step: number, columns: ReadonlyArray<Measured>) => T): ReadonlyMap<string, ReadonlyArray<T>> {
    return new Map(
      [...this.#sums].map(([name, steps]) => [
        name,
        [...steps]
          .sort(([a], [b]) => a - b)
          .map(([step, units]) => {
            const places = Int32Array.from(units.keys())
            const members = [...units.values()]
            const columns = Array.from({ length: this.#columns }, (_, column) => ({
              places,
              values: Float64Array.from(members, ({ count, sums }) => (sums[column] as number) / count),
            }))
            return make(step, columns)
          }),
      ]),
    )
  }
}

const entry = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
