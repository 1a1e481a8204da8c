import type { Graph, GraphStage } from "../../dsl/graph.ts"

/**
 * Which stages may go next. Each stage waits for a number of others; at zero it is ready. No fiber
 * and no promise per stage: ten thousand of them cost milliseconds. Stages become ready in the
 * order of the graph.
 */
export interface Schedule {
  /** The next stage that waits for nothing; undefined if there is none now. */
  readonly next: () => GraphStage | undefined
  /** The stage has its result: those that waited for nothing else are ready. */
  readonly settle: (id: string) => void
  /**
   * The stage will have no result: the stages that depend on it, near and far, leave the schedule
   * and are returned.
   */
  readonly abandon: (id: string) => ReadonlyArray<GraphStage>
  /**
   * A result turned out to be gone: its stage is ready once more, and the stage that wanted it
   * waits for it.
   */
  readonly reopen: (id: string, wantedBy: string | null) => void
  /** The stage is ready once more. */
  readonly retry: (id: string) => void
}

interface Entry {
  readonly stage: GraphStage
  /** How many of its sources have no result. */
  waitsFor: number
  /** `dispatched`: ready, or handed out and not yet settled. */
  state: "waiting" | "dispatched" | "settled"
  readonly followers: Set<Entry>
}

export const schedule = (graph: Graph): Schedule => {
  const entries = new Map<string, Entry>()
  const ready: Array<Entry> = []
  let taken = 0
  const entryOf = (id: string): Entry => entries.get(id) as Entry
  const enqueue = (entry: Entry): void => {
    entry.state = "dispatched"
    ready.push(entry)
  }
  for (const stage of graph.stages) {
    const entry: Entry = { stage, waitsFor: 0, state: "waiting", followers: new Set() }
    for (const id of sourcesOf(stage)) {
      entryOf(id).followers.add(entry)
      entry.waitsFor += 1
    }
    entries.set(stage.id, entry)
    if (entry.waitsFor === 0) enqueue(entry)
  }

  return {
    next: () => {
      const entry = ready[taken]
      if (entry !== undefined) taken += 1
      return entry?.stage
    },
    settle: (id) => {
      const entry = entryOf(id)
      if (entry.state === "settled") return
      entry.state = "settled"
      for (const follower of entry.followers) {
        follower.waitsFor -= 1
        if (follower.waitsFor === 0 && follower.state === "waiting") enqueue(follower)
      }
    },
    abandon: (id) => {
      const abandoned: Array<GraphStage> = []
      const stack = [...entryOf(id).followers]
      for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
        if (entry.state !== "waiting") continue
        entry.state = "settled"
        abandoned.push(entry.stage)
        stack.push(...entry.followers)
      }
      return abandoned
    },
    reopen: (id, wantedBy) => {
      const entry = entryOf(id)
      if (wantedBy !== null) entryOf(wantedBy).state = "waiting"
      if (entry.state !== "settled") return
      for (const follower of entry.followers) follower.waitsFor += 1
      enqueue(entry)
    },
    retry: (id) => enqueue(entryOf(id)),
  }
}

const sourcesOf = ({ inputs }: GraphStage): ReadonlySet<string> =>
  new Set(inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "output" ? from.id : []))))
