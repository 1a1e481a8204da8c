import { basename } from "node:path"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { Settings } from "../../settings.ts"
import { layout } from "../../store/layout.ts"
import { Remarks } from "../../store/remarks.ts"
import { SharedFiles } from "../../store/remote/shared-files.ts"
import { liveness, type RunStatus } from "../../store/workspace/liveness.ts"
import { isOwnMark } from "../../store/workspace/presence.ts"
import { type RunChange, runChanges } from "./changes.ts"
import { followJournal, readHead, readJournal } from "./follow.ts"
import { type JournalEvent, type JournalHead, journalFormat } from "./line.ts"
import { sharedJournals } from "./shared.ts"
import { type Journal, openJournal } from "./writer.ts"

export interface JournalsShape {
  /**
   * The journal of a run that begins: what is appended while the scope is open is written a few
   * times a second, and compacted at the end. It fails no run.
   */
  readonly open: (head: Omit<JournalHead, "type" | "format">) => Effect.Effect<Journal, never, Scope.Scope>
  /** What a run said of itself when it began; null if it has no journal. */
  readonly head: (run: string) => Effect.Effect<JournalHead | null>
  /**
   * The events of a run so far. Where its process died before the run had ended, the last is
   * `run.died`.
   */
  readonly read: (run: string) => Effect.Effect<ReadonlyArray<JournalEvent>>
  /**
   * The same, with those to come, as they are written: from the event of that number on, by default
   * the first. Ends when the run has ended, or with `run.died`; at once where there is no journal
   * and the run does not go on.
   */
  readonly follow: (run: string, from?: number) => Stream.Stream<JournalEvent>
  readonly status: (run: string) => Effect.Effect<RunStatus>
  /** The runs that go on, in the order of their ids. */
  readonly running: Effect.Effect<ReadonlyArray<RunStatus>>
  /** What becomes of the runs of the store, from now on. */
  readonly changes: Stream.Stream<RunChange>
}

/** What happened in each run, for other processes while it goes on and for readers afterwards. */
export class Journals extends Context.Service<Journals, JournalsShape>()("assay/runtime/Journals") {
  static readonly layer: Layer.Layer<Journals, never, Settings | Remarks | SharedFiles> = Layer.effect(
    Journals,
    Effect.gen(function* () {
      const { store } = yield* Settings
      const remarks = yield* Remarks
      const places = layout(store)
      const { status, marked } = liveness(places)
      const isHere = (run: string): boolean => isOwnMark(places, run)
      const { share, bring, following } = sharedJournals(yield* SharedFiles, isHere)
      const optionsOf = (run: string, from = 0) => ({ layout: places, run, from, status })
      const shape: JournalsShape = {
        // It is shared once more after it has been closed.
        open: (head) =>
          Effect.andThen(
            share(head.run),
            openJournal(places.journal(head.run), { type: "journal", format: journalFormat, ...head }, remarks.add),
          ),
        head: (run) =>
          isName(run)
            ? Effect.andThen(
                bring(run),
                Effect.sync(() => readHead(places, run)),
              )
            : Effect.succeed(null),
        read: (run) =>
          isName(run)
            ? Effect.andThen(
                bring(run),
                Effect.sync(() => readJournal(optionsOf(run))),
              )
            : Effect.succeed([]),
        follow: (run, from) =>
          isName(run) ? following(run, followJournal(optionsOf(run, from)), (rest) => readJournal(optionsOf(run, rest))) : Stream.empty,
        status: (run) => Effect.sync(() => (isName(run) ? status(run) : { run, alive: false, process: null })),
        running: Effect.sync(() => marked().filter(({ alive }) => alive)),
        changes: runChanges(places, { marked }),
      }
      return shape
    }),
  )
}

/** The id of a run names a file: one that leads elsewhere is of no run. */
const isName = (run: string): boolean => run !== "" && run !== "." && run !== ".." && basename(run) === run && !run.includes("\0")
