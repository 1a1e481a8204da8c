import { Effect } from "effect"
import type { Graph, GraphSource, GraphStage } from "../../dsl/graph.ts"
import type { BadRegistration, PlanError } from "../error.ts"
import { assemble, sourceDigest } from "../fingerprint/assemble.ts"
import { fingerprintCode, type GraphCode } from "../fingerprint/graph-code.ts"
import { pinRemark } from "../fingerprint/pin.ts"
import type { Vector } from "../fingerprint/vector.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { checkRegistration, type Registered } from "../registration/check.ts"
import { type Design, designOf, evidenceOf } from "../registration/design.ts"
import type { Settings } from "../settings.ts"
import { CodeFiles } from "../store/code/files.ts"
import { Remarks } from "../store/remarks.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import { Runs } from "../store/runs/runs.ts"
import type { Store } from "../store/store.ts"
import type { Cause } from "./cause/cause.ts"
import { causesOf } from "./causes.ts"
import { checkStages, type Warning } from "./check.ts"
import { type History, historyOf } from "./history.ts"

/**
 * `cached`: the result is in the store. `run`: it is not. `unknown`: an input has still to be
 * computed.
 */
export type Verdict = "cached" | "run" | "unknown"

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
  /**
   * The result that it is compared with: its own if cached, else the last one, else that of the
   * stage most like it.
   */
  readonly last: Manifest | null
  /** Its fingerprint; null for an input that is unknown. */
  readonly vector: Vector
  /** Whether answers from outside are part of its result: kept, and not asked for again. */
  readonly recorded: boolean
  /** Why it cannot be cached; empty if it can. */
  readonly uncacheable: ReadonlyArray<string>
  /**
   * What the reader should know besides: a pinned version whose code has changed, code that cannot
   * be followed.
   */
  readonly remarks: ReadonlyArray<string>
  /** Of the packages that its code imports, what they would reach outside and may not. */
  readonly confinements: ReadonlyArray<string>
}

export interface Plan {
  readonly pipeline: string
  /** In topological order. */
  readonly stages: ReadonlyArray<PlannedStage>
}

/** A plan with what the checks of its stages say. */
export interface CheckedPlan extends Plan {
  readonly warnings: ReadonlyArray<Warning>
  /** The stages that claims read. */
  readonly evidence: ReadonlyArray<string>
  /** What a registration would fix. Made when asked for: a thousand stages take half a second. */
  readonly design: () => Design
  /** How the pipeline stands to its last registration; null if it has none. */
  readonly registered: Registered | null
}

/**
 * What a run would do, and why. Computes nothing and writes nothing but notes about unchanged code.
 */
export const plan: (loaded: LoadedPipeline) => Effect.Effect<CheckedPlan, PlanError | BadRegistration, Settings | Store> = Effect.fn(
  "plan",
)(function* (loaded) {
  const { graph } = loaded
  const graphCode = yield* fingerprintCode(graph)
  const registered = yield* checkRegistration(loaded, graphCode)
  const planned = yield* planGraph(graph, graphCode)
  const toRun = planned.stages.flatMap(({ id, verdict }) => (verdict === "cached" ? [] : [id]))
  return {
    ...planned,
    registered,
    design: () => designOf(graph, graphCode),
    evidence: evidenceOf(graph),
    warnings: yield* checkStages(graph, graphCode, new Set(toRun)),
  }
})

/** The same, for a graph whose code has been fingerprinted. */
export const planGraph: (graph: Graph, graphCode: GraphCode) => Effect.Effect<Plan, never, Store> = Effect.fn("planGraph")(
  function* (graph, graphCode) {
    const results = yield* Results
    const history = historyOf(graph, { results, runs: yield* Runs })
    const about = { graphCode, history, results, remarks: yield* Remarks, codeFiles: yield* CodeFiles }
    const planned = new Map<string, PlannedStage>()
    for (const stage of graph.stages) planned.set(stage.id, yield* planStage(stage, { ...about, planned }))
    return { pipeline: graph.name, stages: [...planned.values()] }
  },
)

interface Known {
  readonly results: Results["Service"]
  readonly remarks: Remarks["Service"]
  readonly codeFiles: CodeFiles["Service"]
  readonly graphCode: GraphCode
  readonly history: History
  readonly planned: ReadonlyMap<string, PlannedStage>
}

const planStage = Effect.fnUntraced(function* (stage: GraphStage, known: Known) {
  const { results, remarks, codeFiles, graphCode, history, planned } = known
  const outputDigest = (id: string, output: string) => planned.get(id)?.manifest?.outputs[output]?.digest ?? null
  const fingerprint = assemble(stage, { graphCode, outputDigest, run: null })
  const { vector } = fingerprint
  const uncacheable = graphCode.uncacheable(stage)
  const key = fingerprint.state === "complete" ? fingerprint.key : null
  const manifest = key === null ? null : yield* results.manifest(key)
  const damaged = manifest === null ? yield* remarks.take : []
  const last = manifest !== null ? { manifest, wasComputed: true } : yield* history(stage, vector)
  // The result that a stage is compared with, if it is another stage's, may be damaged as well:
  // that is not a reason.
  const lastDamaged = manifest === null ? yield* remarks.take : []
  const damages = [...new Set(last.wasComputed && last.manifest === null ? [...damaged, ...lastDamaged] : damaged)]
  const underneath = pinRemark(stage, last.manifest?.source, codeFiles.list, graphCode)
  const verdict: Verdict = manifest !== null ? "cached" : fingerprint.state === "waiting" ? "unknown" : "run"
  const because = () =>
    causesOf(
      { stage, last, isDamaged: damages.length > 0 },
      {
        stage,
        vector,
        uncacheable,
        code: { digest: graphCode.codeDigest(stage), files: graphCode.files(stage).list, ...graphCode.fileNames(stage) },
        filesThen: codeFiles.list,
        pending: (source) => rootsOf(pendingId(source, planned), planned),
        digest: (source) => sourceDigest(source, { graphCode, outputDigest }) ?? "",
      },
    )
  const result: PlannedStage = {
    id: stage.id,
    stage: stage.declaration.name,
    verdict,
    key,
    because: verdict === "cached" ? [] : because(),
    seconds: last.manifest?.seconds ?? null,
    manifest,
    last: last.manifest,
    vector,
    recorded: graphCode.recorded(stage),
    uncacheable,
    remarks: [...graphCode.remarks(stage), ...(underneath === null ? [] : [underneath]), ...damages],
    confinements: graphCode.confinements(stage),
  }
  return result
})

const pendingId = ({ from }: GraphSource, planned: Known["planned"]): ReadonlyArray<string> =>
  from.kind === "file" || planned.get(from.id)?.verdict === "cached" ? [] : [from.id]

/** The stages in which the reasons for running these stages lie. */
const rootsOf = (ids: ReadonlyArray<string>, planned: Known["planned"]): ReadonlyArray<string> => [
  ...new Set(ids.flatMap((id) => planned.get(id)?.because.map(({ root }) => root) ?? [id])),
]
