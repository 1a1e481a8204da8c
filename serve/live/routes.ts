/** `/api/live` and `/api/runs/:run/live`: what changes while a page is open. */

import { Clock, Effect, Stream } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { Journals, type RunRecord, Runs } from "../../runtime/index.ts"
import { BadQuestion, responding } from "../answer.ts"
import type { RunSummary, RunsChanged } from "../api.ts"
import { pathParameter, searchParameter } from "../parameters.ts"
import { findRun, summarise } from "../runs/find.ts"
import { changesOfRun } from "./run.ts"
import { messages, type Numbered } from "./sse.ts"

/** A run that ended so long ago may have ended after a page asked for the list of runs. */
const recentMs = 60_000

/** The runs that changed, taken together for a moment. */
const runsChanged = Effect.gen(function* () {
  const { changes } = yield* Journals
  const context = yield* Effect.context<Runs | Effect.Services<ReturnType<typeof summarise>>>()
  const told = <E>(found: Effect.Effect<RunsChanged, E, Effect.Services<ReturnType<typeof summarise>> | Runs>) =>
    Effect.map(Effect.provide(found, context), (message): Numbered<RunsChanged> => ({ message }))
  const later = changes.pipe(
    Stream.groupedWithin(100, "300 millis"),
    Stream.mapEffect((changed) => told(summaries(new Set(changed.flatMap(({ run, change }) => (change === "removed" ? [] : [run])))))),
  )
  // Watched before they are looked up: nothing falls between.
  return Stream.merge(later, Stream.fromEffect(told(recent)))
})

const summaries = Effect.fnUntraced(function* (names: ReadonlySet<string>) {
  const { history } = yield* Runs
  const found: Array<RunSummary> = []
  if (names.size > 0)
    for (const record of history()) {
      if (names.has(record.run)) found.push(yield* summarise(record))
      if (found.length === names.size) break
    }
  return { runs: found } satisfies RunsChanged
})

/** The runs that go on, and those that ended a moment ago. */
const recent = Effect.gen(function* () {
  const { running } = yield* Journals
  const { history } = yield* Runs
  const alive = new Set((yield* running).map(({ run }) => run))
  const since = (yield* Clock.currentTimeMillis) - recentMs
  const found: Array<RunSummary> = []
  for (const record of history()) {
    if (alive.delete(record.run) || endOf(record) >= since) found.push(yield* summarise(record))
    else if (alive.size === 0) break
  }
  return { runs: found } satisfies RunsChanged
})

const endOf = ({ created, seconds }: RunRecord): number => Date.parse(created) + seconds * 1000

/** The number of the last message that a client got; 0 for none. */
const lastSeen = Effect.gen(function* () {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const text = headers["last-event-id"] ?? (yield* searchParameter("after")) ?? "0"
  if (!/^\d{1,15}$/.test(text)) return yield* new BadQuestion({ message: `after is "${text}": expected the id of a message` })
  return Number(text)
})

export const liveRoutes = HttpRouter.addAll([
  HttpRouter.route("GET", "/api/live", responding(Effect.map(runsChanged, messages))),
  HttpRouter.route(
    "GET",
    "/api/runs/:run/live",
    responding(
      Effect.gen(function* () {
        const { run } = yield* findRun(yield* pathParameter("run"))
        return messages(yield* changesOfRun(run, yield* lastSeen))
      }),
    ),
  ),
])
