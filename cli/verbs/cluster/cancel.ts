import { Effect } from "effect"
import { UsageError } from "../../error.ts"
import type { Options } from "../../options.ts"
import { print, printJson } from "../../print/screen.ts"
import { clusterRuntime, withCluster } from "./with-cluster.ts"

/** Ends a run that the cluster computes. */
export const cancel = Effect.fn("assay cancel")(function* ({ run, json }: Options<"cancel">) {
  const { cancel: cancelRun } = yield* clusterRuntime
  const { runs, isEnded } = yield* cancelRun(run)
  const [only] = runs
  if (only === undefined)
    return yield* new UsageError({ message: `no run of the cluster begins with "${run}"; "assay runs --running" lists those that go on` })
  if (runs.length > 1) return yield* new UsageError({ message: `"${run}" is the beginning of ${runs.join(", ")}: give more of it` })
  if (!isEnded)
    return yield* new UsageError({ message: `the worker that conducts ${only} does not answer: cancel again, or end that worker first` })
  if (json) return yield* printJson({ run: only, cancelled: true })
  yield* print(`${only} has ended; what had been computed is cached`)
}, withCluster)
