import { StageError } from "assay"
import { permutation } from "../../engine/random/philox.ts"

/**
 * Batches of `size` things by their indices: one permutation after another, cut into batches. What
 * fills no batch at the end of an epoch, fewer than `batchSize` indices, is left out of that epoch
 * alone: the next permutation leaves out others, so that over many epochs all come equally often. A
 * step's batch depends on size, batch size, seed and step, and on nothing that came before it.
 */
export class Epochs {
  readonly #size: number
  readonly #batchSize: number
  readonly #seed: number
  #epoch = -1
  #order: Int32Array = new Int32Array()

  /** Throws a StageError `TooLittleData` where `size` is less than a batch. */
  constructor(size: number, { batchSize, seed }: { readonly batchSize: number; readonly seed: number }) {
    if (size < batchSize)
      throw new StageError("TooLittleData", `there are ${size} to draw batches of ${batchSize} from; use a smaller batch or more data`)
    this.#size = size
    this.#batchSize = batchSize
    this.#seed = seed
  }

  /** The batch of a step, from 1. */
  at(step: number): ReadonlyArray<number> {
    const perEpoch = Math.floor(this.#size / this.#batchSize)
    const epoch = Math.floor((step - 1) / perEpoch)
    if (epoch !== this.#epoch) this.#order = permutation(this.#size, this.#seed, "epoch", epoch)
    this.#epoch = epoch
    const start = ((step - 1) % perEpoch) * this.#batchSize
    return [...this.#order.subarray(start, start + this.#batchSize)]
  }
}

/** The batches of a run of `steps`, of which the first `done` are left out. */
export function* epochs(
  size: number,
  { steps, done = 0, ...options }: { readonly batchSize: number; readonly steps: number; readonly seed: number; readonly done?: number },
): Generator<ReadonlyArray<number>> {
  const batches = new Epochs(size, options)
  for (let step = done + 1; step <= steps; step++) yield batches.at(step)
}
