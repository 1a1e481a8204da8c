/** Steps from one loss that is kept to the next. */
const stepsPerLoss = 10

type Values = Readonly<Record<string, number>>
type Progress = (step: number, total: number, values: Values, metrics: Values) => void

/**
 * Losses in the course of training, as `trainer_state.json` has them: of every tenth step, and of
 * the last.
 */
export class LossHistory {
  readonly #steps: number
  readonly #progress: Progress
  readonly #losses: Array<number>
  /** A running mean, to be shown: single losses jump. */
  #recent: number | undefined

  /** `steps` are all that there will be; `saved` is what an interrupted run had kept. */
  constructor(steps: number, progress: Progress, saved?: Float32Array) {
    this.#steps = steps
    this.#progress = progress
    this.#losses = [...(saved ?? [])]
    this.#recent = this.#losses.at(-1)
  }

  /** Call after each step. */
  add(step: number, loss: number): void {
    this.#recent = this.#recent === undefined ? loss : 0.95 * this.#recent + 0.05 * loss
    if (step % stepsPerLoss === 0 || step === this.#steps) this.#losses.push(loss)
    this.#progress(step, this.#steps, { loss: this.#recent }, { loss })
  }

  get saved(): Float32Array {
    return Float32Array.from(this.#losses)
  }

  get entries(): ReadonlyArray<{ readonly step: number; readonly loss: number }> {
    return this.#losses.map((loss, index) => ({ step: Math.min(stepsPerLoss * (index + 1), this.#steps), loss }))
  }
}
