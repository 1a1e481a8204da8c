import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { watch } from "../../disk/watch.ts"
import type { Layout } from "../../store/layout.ts"
import type { Liveness } from "../../store/workspace/liveness.ts"

/**
 * What became of a run: it appeared, its record was written again, it ended (or its process died),
 * or its record and journal were removed.
 */
export interface RunChange {
  readonly run: string
  readonly change: "appeared" | "changed" | "ended" | "removed"
}

/** Milliseconds after a sign of change before the store is looked at: signs come in bursts. */
const settleMs = 100

/** Milliseconds after which it is looked at anyway: a process that dies leaves no sign. */
const pollMs = 1000

/** What there is of a run. */
interface Sight {
  /** Of its record, when it was written; null without one. */
  readonly recorded: number | null
  readonly alive: boolean
}

/** The changes of the runs of a store, from now on. */
export const runChanges = (layout: Layout, { marked }: Pick<Liveness, "marked">): Stream.Stream<RunChange> =>
  Stream.unwrap(
    Effect.gen(function* () {
      let before = look(layout, marked)
      const signs = yield* watch([layout.runs, layout.runningRuns, layout.journals], pollMs)
      const next = Effect.gen(function* () {
        yield* signs
        yield* Effect.sleep(settleMs)
        const now = look(layout, marked)
        const changes = difference(before, now)
        before = now
        return changes
      })
      return Stream.flattenIterable(Stream.fromEffectRepeat(next))
    }),
  )

const look = (layout: Layout, marked: Liveness["marked"]): ReadonlyMap<string, Sight> => {
  const sights = new Map<string, Sight>()
  for (const name of namesIn(layout.journals, ".ndjson")) sights.set(name, { recorded: null, alive: false })
  for (const name of namesIn(layout.runs, ".json")) {
    const recorded = fs.statSync(path.join(layout.runs, `${name}.json`), { throwIfNoEntry: false })?.mtimeMs ?? null
    sights.set(name, { recorded, alive: false })
  }
  for (const { run, alive } of marked()) {
    const sight = sights.get(run)
    if (alive || sight !== undefined) sights.set(run, { recorded: sight?.recorded ?? null, alive })
  }
  return sights
}

const namesIn = (folder: string, ending: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length))
    : []

const difference = (before: ReadonlyMap<string, Sight>, now: ReadonlyMap<string, Sight>): ReadonlyArray<RunChange> => [
  ...[...now].flatMap(([run, sight]): ReadonlyArray<RunChange> => {
    const was = before.get(run)
    if (was === undefined) return [{ run, change: "appeared" }]
    if (was.alive && !sight.alive) return [{ run, change: "ended" }]
    return was.recorded !== sight.recorded || was.alive !== sight.alive ? [{ run, change: "changed" }] : []
  }),
  ...[...before.keys()].flatMap((run): ReadonlyArray<RunChange> => (now.has(run) ? [] : [{ run, change: "removed" }])),
]
