import { Effect, Schedule, type Scope, Stream } from "effect"
import type { SharedFilesShape } from "../../store/remote/shared-files.ts"
import type { JournalEvent } from "./line.ts"

/** Seconds between two copies of a journal in progress that go to a store which machines share. */
const shareEverySeconds = 15

/** Seconds between two looks for what a run on another machine has written. */
const fetchEverySeconds = 3

export interface SharedJournals {
  /**
   * Copies the journal of a run of this machine to the store while the scope is open, and when it
   * has been closed. It fails no run.
   */
  readonly share: (run: string) => Effect.Effect<void, never, Scope.Scope>
  /** Brings the journal of a run of another machine; what cannot be brought is left out. */
  readonly bring: (run: string) => Effect.Effect<void>
  /**
   * The same, again and again while the stream of its events is read. What `rest` reads from a
   * number on are the events that arrived meanwhile of a run that seems to have died.
   */
  readonly following: (
    run: string,
    events: Stream.Stream<JournalEvent>,
    rest: (from: number) => ReadonlyArray<JournalEvent>,
  ) => Stream.Stream<JournalEvent>
}

/** `isHere` tells whether a run goes on on this machine: its journal is nowhere newer. */
export const sharedJournals = (files: SharedFilesShape, isHere: (run: string) => boolean): SharedJournals => {
  const nameOf = (run: string): string => `journals/${run}.ndjson`
  const bring = (run: string): Effect.Effect<void> =>
    Effect.suspend(() => (isHere(run) ? Effect.void : Effect.ignore(files.fetch(nameOf(run)))))
  return {
    share: (run) => {
      const once = Effect.ignore(files.share(nameOf(run)))
      return Effect.gen(function* () {
        yield* Effect.addFinalizer(() => once)
        yield* Effect.forkScoped(Effect.repeat(Effect.delay(once, `${shareEverySeconds} seconds`), Schedule.forever))
      })
    },
    bring,
    following: (run, events, rest) =>
      Stream.unwrap(
        Effect.gen(function* () {
          yield* bring(run)
          yield* Effect.forkScoped(Effect.repeat(Effect.delay(bring(run), `${fetchEverySeconds} seconds`), Schedule.forever))
          // The last that it wrote may not have come yet when its process is seen to be gone.
          const lastWords = ({ seq }: JournalEvent) =>
            Effect.andThen(
              bring(run),
              Effect.sync(() => Stream.fromIterable(rest(seq))),
            )
          return Stream.flatMap(events, (event) => (event.type === "run.died" ? Stream.unwrap(lastWords(event)) : Stream.succeed(event)))
        }),
      ),
  }
}
