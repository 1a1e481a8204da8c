import { permutation } from "../../engine/random/philox.ts"

/**
 * Indices of each step's batch: one permutation of the data after another, `steps` batches in all,
 * of which the first `done` are left out. `size` must be at least `batchSize`.
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
