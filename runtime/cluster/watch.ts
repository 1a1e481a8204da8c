import { Deferred, Effect, PubSub, Schedule, Stream } from "effect"
import { StageFailed } from "../error.ts"
import { outcomeOf } from "../execute/outcome.ts"
import { Events, type RunEvent } from "../observe/event.ts"
import { heard, sender } from "./channel.ts"
import { QueueNames } from "./database.ts"

/** What is said between those who watch a submission and the worker that conducts its run. */
export type WatchMessage =
  | { readonly type: "event"; readonly event: RunEvent }
  /** Asks for what has happened so far. */
  | { readonly type: "hello" }
  /** That has been told. */
  | { readonly type: "told" }
  | { readonly type: "cancel" }

export interface Watched {
  readonly run: string
  readonly outcome: "done" | "failed" | "interrupted"
  readonly failures: ReadonlyArray<StageFailed>
}

/** Seconds without a word of the run after which it is asked for again. */
const helloEverySeconds = 1

/** Milliseconds for which the last events are waited for when the run is on record as ended. */
const lastWordsMs = 1500

/**
 * Publishes the events of a submission's run, those from before first, until it ends. `ended`
 * is asked every second for the events with which a run ends that is on record: what was not heard
 * is told from there.
 */
export const watch = Effect.fn("watch")(function* <R>(submission: string, ended: Effect.Effect<ReadonlyArray<RunEvent> | null, never, R>) {
  const names = yield* QueueNames
  const events = yield* Events
  const ask = yield* sender(names.events(submission))
  const end = yield* Deferred.make<Watched>()
  const seen = new Sight()
  const tell = (event: RunEvent) => {
    if (Deferred.isDoneUnsafe(end) || !seen.isNew(event)) return
    PubSub.publishUnsafe(events, event)
    if (event.type === "run.finished") Deferred.doneUnsafe(end, Effect.succeed(seen.watched(event.run, event.outcome)))
  }
  const take = (message: unknown) =>
    Effect.sync(() => {
      const said = message as WatchMessage
      if (said.type === "told") seen.isTold = true
      if (said.type === "event") tell(said.event)
    })
  // What was said before we listened, or while the connection was lost, is asked for.
  const listening = Effect.sync(() => {
    seen.isTold = false
  })
  yield* Effect.forkScoped(Stream.runForEach(heard(names.events(submission), listening), take))
  const poll = Effect.gen(function* () {
    if (!seen.isTold) ask.send({ type: "hello" } satisfies WatchMessage)
    const last = yield* ended
    if (last === null) return
    yield* Effect.timeoutOption(Deferred.await(end), lastWordsMs)
    for (const event of last) tell(event)
  })
  yield* Effect.forkScoped(Effect.repeat(poll, Schedule.spaced(`${helloEverySeconds} seconds`)))
  return yield* Deferred.await(end)
}, Effect.scoped)

/** What has been seen of a run: it may be told twice, by one worker or by two. */
class Sight {
  isTold = false
  private run = ""
  private readonly outcomes = new Map<string, string>()
  private readonly said = new Set<string>()
  private readonly failures: Array<StageFailed> = []

  isNew(event: RunEvent): boolean {
    if (event.type === "run.started") {
      const isNew = this.run !== event.run
      this.run = event.run
      return isNew
    }
    if (event.type === "warning" || event.type === "run.registered") return this.isFirst(JSON.stringify(event))
    if (event.type === "stage.started") return this.isFirst(`started ${event.id} ${event.machine ?? ""}`)
    const outcome = outcomeOf(event)
    if (outcome === null) return true
    const before = this.outcomes.get(outcome.id)
    // A worker that took the run over finds cached what the one before it saw computed.
    if (before === outcome.outcome || (before === "finished" && outcome.outcome === "cached")) return false
    this.outcomes.set(outcome.id, outcome.outcome)
    if (event.type === "stage.failed") {
      const { id, stage, tag, message, details, record } = event
      this.failures.push(new StageFailed({ id, stage, tag, message, details, record }))
    }
    return true
  }

  watched(run: string, outcome: Watched["outcome"]): Watched {
    return { run, outcome, failures: this.failures }
  }

  private isFirst(text: string): boolean {
    return !this.said.has(text) && this.said.add(text) !== undefined
  }
}
