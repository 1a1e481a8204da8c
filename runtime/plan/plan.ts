import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { Graph, GraphSource, GraphStage } from "../../dsl/graph.ts"
import type { PlanError } from "../error.ts"
import { difference } from "../fingerprint/difference.ts"
import { pinRemark } from "../fingerprint/pin.ts"
import { type Prepared, prepareGraph } from "../fingerprint/prepare.ts"
import { inputValue, keyOf, type Vector, vectorOf } from "../fingerprint/vector.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import type { Settings } from "../settings.ts"
import type { Manifest } from "../store/manifest.ts"
import { Store } from "../store/store.ts"
import { type History, historyOf } from "./history.ts"

/** `cached`: the result is in the store. `run`: it is not. `unknown`: an input has still to be computed. */
export type Verdict = "cached" | "run" | "unknown"

/** A component of the fingerprint that is not what it was. */
export interface Cause {
  /** `code`, `packages.effect`, `parameters.beta`, `inputs.reference`, …; `never run` where there is nothing to compare with. */
  readonly component: string
  /** Null where there was none. */
  readonly before: Json
  /** Null where there is none any more, or where it has still to be computed. */
  readonly after: Json
  /** The id of the stage where the change came in; this stage itself unless it arrived through an input. */
  readonly root: string
}

export interface PlannedStage {
  readonly id: string
  readonly stage: string
  readonly verdict: Verdict
  /** Null while an input is unknown, and for a stage that cannot be cached. */
  readonly key: string | null
  /** Empty if cached. */
  readonly because: ReadonlyArray<Cause>
  /** How long `last` took; null if there is none. */
  readonly seconds: number | null
  /** Of a cached stage. */
  readonly manifest: Manifest | null
  /** The result that it is compared with: its own if cached, else the last one, else that of the stage most like it. */
  readonly last: Manifest | null
  /** Why it cannot be cached; empty if it can. */
  readonly uncacheable: ReadonlyArray<string>
  /** What the reader should know besides: a pinned version whose code has changed, code that cannot be followed. */
  readonly remarks: ReadonlyArray<string>
}

export interface Plan {
  readonly pipeline: string
  /** In topological order. */
  readonly stages: ReadonlyArray<PlannedStage>
}

/** What a run would do, and why. Computes nothing and writes nothing but notes about unchanged code. */
export const plan: (loaded: LoadedPipeline) => Effect.Effect<Plan, PlanError, Settings | Store> = Effect.fn("plan")(function* ({ graph }) {
  return yield* planPrepared(graph, yield* prepareGraph(graph))
})

/** The same, for a graph whose code has been fingerprinted. */
export const planPrepared: (graph: Graph, prepared: Prepared) => Effect.Effect<Plan, never, Store> = Effect.fn("planPrepared")(
  function* (graph, prepared) {
    const store = yield* Store
    const history = historyOf(store, graph)
    const planned = new Map<string, PlannedStage>()
    for (const stage of graph.stages) planned.set(stage.id, yield* planStage(stage, { store, prepared, history, planned }))
    return { pipeline: graph.name, stages: [...planned.values()] }
  },
)

interface Known {
  readonly store: Store["Service"]
  readonly prepared: Prepared
  readonly history: History
  readonly planned: ReadonlyMap<string, PlannedStage>
}

const planStage = Effect.fnUntraced(function* (stage: GraphStage, known: Known) {
  const { store, prepared, history, planned } = known
  const pending = new Map(stage.inputs.map(({ port, sources }) => [port, sources.flatMap((source) => pendingId(source, planned))]))
  const inputs = Object.fromEntries(
    stage.inputs.map((input) => {
      const waits = (pending.get(input.port) ?? []).length > 0
      return [
        input.port,
        waits
          ? null
          : inputValue(
              input,
              input.sources.map((source) => digestOf(source, prepared, planned)),
            ),
      ]
    }),
  )
  const isKnown = [...pending.values()].every((ids) => ids.length === 0)
  const vector = vectorOf(stage, prepared.parts(stage), inputs)
  const uncacheable = prepared.uncacheable(stage)
  const key = isKnown && uncacheable.length === 0 ? keyOf(vector) : null
  const manifest = key === null ? null : yield* store.manifest(key)
  const last = manifest ?? (yield* history(stage, vector))
  const underneath = pinRemark(stage, last?.source, store.filesThen, prepared)
  const result: PlannedStage = {
    id: stage.id,
    stage: stage.declaration.name,
    verdict: manifest !== null ? "cached" : isKnown ? "run" : "unknown",
    key,
    because: manifest !== null ? [] : causes({ stage, vector, last: last?.vector ?? null, pending, uncacheable, planned }),
    seconds: last?.seconds ?? null,
    manifest,
    last,
    uncacheable,
    remarks: [...prepared.remarks(stage), ...(underneath === null ? [] : [underneath])],
  }
  return result
})

const pendingId = ({ from }: GraphSource, planned: Known["planned"]): ReadonlyArray<string> =>
  "file" in from || planned.get(from.id)?.verdict === "cached" ? [] : [from.id]

const digestOf = ({ from }: GraphSource, prepared: Prepared, planned: Known["planned"]): string =>
  "file" in from ? prepared.outside(from.file).digest : (planned.get(from.id)?.manifest?.outputs[from.output]?.digest ?? "")

const causes = (about: {
  readonly stage: GraphStage
  readonly vector: Vector
  readonly last: Vector | null
  /** By port, the ids of the stages that have still to run. */
  readonly pending: ReadonlyMap<string, ReadonlyArray<string>>
  readonly uncacheable: ReadonlyArray<string>
  readonly planned: Known["planned"]
}): ReadonlyArray<Cause> => {
  const { stage, vector, last, pending, uncacheable, planned } = about
  if (last === null) return [{ component: "never run", before: null, after: null, root: stage.id }]
  const own = uncacheable.map((reason) => ({ component: "not cacheable", before: null, after: reason, root: stage.id }))
  const waiting = stage.inputs.filter(({ port }) => (pending.get(port) ?? []).length > 0)
  const settled = (component: string) =>
    !waiting.some(({ port }) => component === `inputs.${port}` || component.startsWith(`inputs.${port}.`))
  const changed = difference(last, vector)
    .filter(({ component }) => settled(component))
    .map((each) => ({ ...each, root: sourceOf(stage, each.component) }))
  const before = new Map(last.map(({ component, value }) => [component, value]))
  const awaited = waiting.flatMap(({ port }) =>
    rootsOf(pending.get(port) ?? [], planned).map((root) => ({
      component: `inputs.${port}`,
      before: before.get(`inputs.${port}`) ?? null,
      after: null,
      root,
    })),
  )
  const found = [...own, ...changed, ...awaited]
  return found.length > 0 ? found : [{ component: "result gone", before: null, after: null, root: stage.id }]
}

/** The stage behind a changed input; the stage itself for every other component. */
const sourceOf = (stage: GraphStage, component: string): string => {
  const [kind, port, index] = component.split(".")
  if (kind !== "inputs") return stage.id
  const sources = stage.inputs.find((input) => input.port === port)?.sources ?? []
  const from = sources[Number(index ?? 0)]?.from
  return from !== undefined && "id" in from ? from.id : stage.id
}

/** The stages in which the reasons for running these stages lie. */
const rootsOf = (ids: ReadonlyArray<string>, planned: Known["planned"]): ReadonlyArray<string> => [
  ...new Set(ids.flatMap((id) => planned.get(id)?.because.map(({ root }) => root) ?? [id])),
]
