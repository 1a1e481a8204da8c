import { permutation } from "../../engine/random/philox.ts"

/**
 * Indices of each step's batch: one permutation of the data after another, `steps` batches in all,
 * of which the first `done` are left out. `size` must be at least `batchSize`. What fills no batch
 * at the end of an epoch, fewer than `batchSize` indices, is left out of that epoch alone: the next
 * permutation leaves out others, so that over many epochs all indices come equally often.
 */
export function* epochs(
  size: number,
  {
    batchSize,
    steps,
    seed,
    done = 0,
  }: { readonly batchSize: number; readonly steps: number; readonly seed: number; readonly done?: number },
): Generator<ReadonlyArray<number>> {
  const perEpoch = Math.floor(size / batchSize)
  let order: Int32Array = new Int32Array()
  for (let step = done; step < steps; step++) {
    const place = step % perEpoch
    if (place === 0 || step === done) order = permutation(size, seed, "epoch", Math.floor(step / perEpoch))
    yield [...order.subarray(place * batchSize, (place + 1) * batchSize)]
  }
}
