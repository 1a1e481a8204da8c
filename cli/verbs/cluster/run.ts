import { Effect } from "effect"
import type { LoadedPipeline, RunOptions } from "../../../runtime/index.ts"
import { interruption } from "../../interruption.ts"
import { remark } from "../../print/screen.ts"
import { clusterRuntime } from "./with-cluster.ts"

/** Milliseconds for which workers are waited for before it is said that there are none. */
const patienceMs = 6000

/** Hands a pipeline to the cluster and watches its run. */
export const runOnCluster = Effect.fn("assay run --cluster")(function* (loaded: LoadedPipeline, options: RunOptions) {
  const cluster = yield* clusterRuntime
  const watched = cluster.runOnCluster(loaded, options, ({ run, isAttached }) =>
    Effect.gen(function* () {
      interruption.message = `the run goes on in the cluster: the same command watches it again, and "assay cancel ${run}" ends it`
      if (isAttached) yield* remark(`watching ${run}, which the cluster is computing`)
      yield* Effect.forkScoped(warnOfNoWorker)
    }),
  )
  return yield* Effect.scoped(Effect.provide(watched, cluster.databaseLayer))
})

const warnOfNoWorker = Effect.gen(function* () {
  const { workersThere } = yield* clusterRuntime
  if ((yield* workersThere(patienceMs)).length === 0)
    yield* remark('no worker answers: the run waits until "assay worker" is started somewhere')
})
