import type { Graph, GraphStage } from "../../dsl/graph.ts"

/**
 * Which stages may go next. Each stage waits for a number of others; at zero it is ready. No fiber and no promise per stage:
 * ten thousand of them cost milliseconds. Stages become ready in the order of the graph.
 */
export interface Schedule {
  /** The next stage that waits for nothing; undefined if there is none now. */
  readonly next: () => GraphStage | undefined
  /** The stage has its result: those that waited for nothing else are ready. */
  readonly settle: (id: string) => void
  /** The stage will have no result: the stages that depend on it, near and far, leave the schedule and are returned. */
  readonly abandon: (id: string) => ReadonlyArray<GraphStage>
  /** A result turned out to be gone: the stage goes again, and the one that wanted it waits for it. */
  readonly again: (id: string, wantedBy: string | null) => void
  /** The stage is ready once more. */
  readonly retry: (id: string) => void
}

interface Place {
  readonly stage: GraphStage
  waits: number
  /** `out`: ready, or handed out and not yet back. */
  state: "waiting" | "out" | "settled"
  readonly followers: Set<Place>
}

export const schedule = (graph: Graph): Schedule => {
  const places = new Map<string, Place>()
  const ready: Array<Place> = []
  let taken = 0
  const of = (id: string): Place => places.get(id) as Place
  const bringOut = (place: Place): void => {
    place.state = "out"
    ready.push(place)
  }
  for (const stage of graph.stages) {
    const place: Place = { stage, waits: 0, state: "waiting", followers: new Set() }
    for (const id of sourcesOf(stage)) {
      of(id).followers.add(place)
      place.waits += 1
    }
    places.set(stage.id, place)
    if (place.waits === 0) bringOut(place)
  }

  return {
    next: () => {
      const place = ready[taken]
      if (place !== undefined) taken += 1
      return place?.stage
    },
    settle: (id) => {
      const place = of(id)
      if (place.state === "settled") return
      place.state = "settled"
      for (const follower of place.followers) {
        follower.waits -= 1
        if (follower.waits === 0 && follower.state === "waiting") bringOut(follower)
      }
    },
    abandon: (id) => {
      const left: Array<GraphStage> = []
      const stack = [...of(id).followers]
      for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
        if (place.state !== "waiting") continue
        place.state = "settled"
        left.push(place.stage)
        stack.push(...place.followers)
      }
      return left
    },
    again: (id, wantedBy) => {
      const place = of(id)
      if (wantedBy !== null) of(wantedBy).state = "waiting"
      if (place.state !== "settled") return
      for (const follower of place.followers) follower.waits += 1
      bringOut(place)
    },
    retry: (id) => bringOut(of(id)),
  }
}

const sourcesOf = ({ inputs }: GraphStage): ReadonlySet<string> =>
  new Set(inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "output" ? from.id : []))))
