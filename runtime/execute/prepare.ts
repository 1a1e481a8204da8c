import { dirname } from "node:path"
import { DateTime, Effect } from "effect"
import type { Graph } from "../../dsl/graph.ts"
import { fingerprintCode, type RunCode } from "../fingerprint/graph-code.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { checkRegistration } from "../registration/check.ts"
import { checkedOut } from "../store/runs/checked-out.ts"
import { runId } from "../store/runs/read.ts"
import type { Commit, RunRecord } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import { wiringOf } from "../store/runs/wiring.ts"
import { Workspace } from "../store/workspace/workspace.ts"

/** What the record of a run says of it when it begins. */
export interface RunHead extends Pick<RunRecord, "run" | "pipeline" | "path" | "created" | "registration"> {
  readonly wiring: string
  /** The commit of the pipeline file's folder: in a large repository it takes long to find out. */
  readonly commit: Promise<Commit | null>
}

/** A run that is about to begin: what it computes, from which code, and what is recorded of it. */
export interface PreparedRun<Code extends RunCode = RunCode> {
  readonly head: RunHead
  readonly graph: Graph
  readonly graphCode: Code
  /** Ids of recorded stages that are asked again although they have results. */
  readonly refresh?: ReadonlySet<string>
}

/** Fingerprints a pipeline and gives its run a number. */
export const prepareRun = Effect.fn("prepareRun")(function* ({ path, graph }: LoadedPipeline) {
  const runs = yield* Runs
  yield* (yield* Workspace).prepare
  const commit = checkedOut(dirname(path))
  const graphCode = yield* fingerprintCode(graph)
  const registered = yield* checkRegistration({ path, graph }, graphCode)
  const created = DateTime.formatIso(yield* DateTime.now)
  const run = runId(created, yield* runs.takeNumber)
  const wiring = yield* runs.keepWiring(wiringOf(graph))
  const registration = registered === null ? {} : { registration: registered }
  const head: RunHead = { run, pipeline: graph.name, path, created, ...registration, wiring, commit }
  return { head, graph, graphCode }
})
