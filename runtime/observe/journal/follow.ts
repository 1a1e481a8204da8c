import { Effect, Option, Stream } from "effect"
import { watch } from "../../disk/watch.ts"
import type { Layout } from "../../store/layout.ts"
import { readRun } from "../../store/runs/read.ts"
import type { RunStatus } from "../../store/workspace/liveness.ts"
import { eventIn, headIn, type JournalEvent, type JournalHead, journalFormat } from "./line.ts"
import { type LineReader, readLines } from "./lines.ts"

/** Milliseconds after which a journal is looked at again though nothing was reported. */
const pollMs = 250

interface Options {
  readonly layout: Layout
  readonly run: string
  /** The first number of interest. */
  readonly from: number
  readonly status: (run: string) => RunStatus
}

/** What a reader has seen of a journal. */
interface Reading {
  readonly lines: LineReader
  last: { readonly seq: number; readonly at: number }
  /** Whether there was anything. */
  hasBegun: boolean
  hasFinished: boolean
  /** Whether its process was found dead, when what it had written was still to be read. */
  isDead: boolean
}

/**
 * The events of a run from a number on, then those to come as they are written. It ends when the
 * run has ended; where its process died before that, `run.died` is its last event.
 */
export const followJournal = (options: Options): Stream.Stream<JournalEvent> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const reading = yield* Effect.acquireRelease(
        Effect.sync(() => beginReading(options)),
        ({ lines }) => Effect.sync(lines.close),
      )
      const changes = yield* watch([options.layout.journal(options.run)], pollMs)
      const next = Effect.gen(function* () {
        for (;;) {
          const events = take(reading, options)
          if (reading.hasFinished) return [events, Option.none<Reading>()] as const
          if (events.length > 0) return [events, Option.some(reading)] as const
          if (reading.isDead) return [deathOf(reading, options), Option.none<Reading>()] as const
          // What it wrote last is read once more before it counts as all.
          reading.isDead = !options.status(options.run).alive
          if (!reading.isDead) yield* changes
        }
      })
      return Stream.paginate(reading, () => next)
    }),
  )

/** The events of a run so far; of one whose process died before the end, also `run.died`. */
export const readJournal = (options: Options): ReadonlyArray<JournalEvent> => {
  const reading = beginReading(options)
  try {
    reading.isDead = !options.status(options.run).alive
    const events: Array<JournalEvent> = []
    for (let lines = reading.lines.next(); lines.length > 0; lines = reading.lines.next()) events.push(...eventsIn(lines, reading, options))
    return reading.hasFinished || !reading.isDead ? events : [...events, ...deathOf(reading, options)]
  } finally {
    reading.lines.close()
  }
}

/** The head of a run's journal; null if it has none that this version can read. */
export const readHead = (layout: Layout, run: string): JournalHead | null => {
  const lines = readLines(layout.journal(run))
  try {
    return headIn(lines.next()[0] ?? "")
  } finally {
    lines.close()
  }
}

const beginReading = ({ layout, run }: Options): Reading => ({
  lines: readLines(layout.journal(run)),
  last: { seq: 0, at: 0 },
  hasBegun: false,
  hasFinished: false,
  isDead: false,
})

/** The next events of interest; none only where there are no new lines. */
const take = (reading: Reading, options: Options): ReadonlyArray<JournalEvent> => {
  for (let lines = reading.lines.next(); lines.length > 0; lines = reading.lines.next()) {
    const events = eventsIn(lines, reading, options)
    if (events.length > 0 || reading.hasFinished) return events
  }
  return []
}

const eventsIn = (lines: ReadonlyArray<string>, reading: Reading, { from }: Options): ReadonlyArray<JournalEvent> => {
  const events: Array<JournalEvent> = []
  if (!reading.hasBegun && isForeign(lines[0] ?? "")) return []
  reading.hasBegun = true
  for (const line of lines) {
    const event = eventIn(line)
    // A journal that was compacted is read again from its beginning.
    if (event === null || event.seq <= reading.last.seq) continue
    reading.last = { seq: event.seq, at: event.at }
    if (event.type === "run.finished") reading.hasFinished = true
    if (event.seq >= from) events.push(event)
  }
  return events
}

/** Whether another version wrote a journal, in a format of its own. */
const isForeign = (line: string): boolean =>
  line.startsWith('{"type":"journal"') && !line.startsWith(`{"type":"journal","format":${journalFormat},`)

/**
 * What is to be said of a run without an end whose process is gone: nothing where its record knows
 * the end, or where there is no journal.
 */
const deathOf = ({ last, hasBegun }: Reading, { layout, run }: Options): ReadonlyArray<JournalEvent> => {
  const outcome = readRun(layout, run)?.outcome ?? "unfinished"
  return hasBegun && outcome === "unfinished" ? [{ type: "run.died", run, seq: last.seq + 1, at: last.at }] : []
}
