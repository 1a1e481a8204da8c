import { Effect } from "effect"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import type { Manifest } from "../store/manifest.ts"
import type { StageOutcome } from "../store/record.ts"
import type { StoreShape } from "../store/store.ts"

/** The last result of the stage by that id in this pipeline; else of any stage that was declared under the same name. */
export type History = (stage: GraphStage) => Effect.Effect<Manifest | null>

/** Reads run records, newest first, as far back as it takes. */
export const historyOf = (store: StoreShape, graph: Graph): History => {
  const byId = new Map<string, string>()
  const byName = new Map<string, string>()
  const wanted = new Set(graph.stages.map(({ id }) => id))
  const remember = (outcomes: ReadonlyArray<StageOutcome>, samePipeline: boolean): void => {
    for (const { id, stage, key } of outcomes) {
      if (key === null) continue
      if (samePipeline && !byId.has(id)) byId.set(id, key)
      if (!byName.has(stage)) byName.set(stage, key)
      if (samePipeline) wanted.delete(id)
    }
  }
  let read = false
  const readOnce = Effect.sync(() => {
    if (read) return
    read = true
    for (const record of store.history()) {
      remember(record.stages, record.pipeline === graph.name)
      if (wanted.size === 0) break
    }
  })
  return Effect.fnUntraced(function* ({ id, declaration }: GraphStage) {
    yield* readOnce
    const key = byId.get(id) ?? byName.get(declaration.name)
    return key === undefined ? null : yield* store.manifest(key)
  })
}
