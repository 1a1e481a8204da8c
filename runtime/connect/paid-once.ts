import { Deferred, Effect } from "effect"

/** What must not be given up, since its answer is paid for: other than waiting for a turn. */
export type Paid = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/**
 * Does `each` for all items, at most `concurrency` at once. After a failure nothing more that is
 * `paid` for begins, but what has begun is waited for, and whatever only waits is interrupted.
 * Interrupting it interrupts everything at once.
 */
export const forEachPaid = <A, E>(
  items: ReadonlyArray<A>,
  concurrency: number,
  each: (item: A, index: number, paid: Paid) => Effect.Effect<void, E>,
): Effect.Effect<void, E> =>
  Effect.suspend(() => {
    let failed: { readonly error: E } | null = null
    let begun = 0
    const over = Deferred.makeUnsafe<void>()
    const settle = Effect.suspend(() => (failed !== null && begun === 0 ? Deferred.succeed(over, undefined) : Effect.void))
    const paid: Paid = (effect) =>
      Effect.suspend(() => {
        if (failed !== null) return Effect.never
        begun += 1
        return Effect.ensuring(
          effect,
          Effect.suspend(() => {
            begun -= 1
            return settle
          }),
        )
      })
    const all = Effect.forEach(
      items,
      (item, index) =>
        Effect.catch(each(item, index, paid), (error) => {
          failed ??= { error }
          return Effect.andThen(settle, Effect.never)
        }),
      { concurrency, discard: true },
    )
    return Effect.andThen(
      Effect.raceFirst(all, Deferred.await(over)),
      Effect.suspend(() => (failed === null ? Effect.void : Effect.fail(failed.error))),
    )
  })
