import { Effect, Option } from "effect"
import {
  type Basis,
  type LoadedPipeline,
  loadPipeline,
  pastSeconds,
  type Rendering,
  type RunSummary,
  rendered,
  run as runOf,
  Settings,
  wiringOf,
} from "../../runtime/index.ts"
import { DiskFull, StagesFailed, UsageError } from "../error.ts"
import { followMetrics } from "../follow/metrics.ts"
import type { Options } from "../options.ts"
import { pluralize } from "../print/number.ts"
import { remark } from "../print/screen.ts"
import { runOnCluster } from "./cluster/run.ts"
import { onlyPipeline } from "./only-pipeline.ts"
import { printResults } from "./print-results.ts"
import { setParameters } from "./set-parameters.ts"
import { stagesToRefresh } from "./stages-to-refresh.ts"
import { withTelemetryAndRuntime } from "./with-telemetry.ts"

export const run = Effect.fn("assay run")(function* ({
  pipeline,
  set,
  refresh: wanted,
  cluster,
  metrics,
  tensorboard,
  json,
}: Options<"run">) {
  const isStdoutTaken = Option.contains(metrics, "-")
  if (json && isStdoutTaken)
    return yield* new UsageError({
      message: "--json and --metrics - both print on stdout: leave out --metrics, because --json prints metrics too",
    })
  const file = yield* Option.match(pipeline, { onNone: () => onlyPipeline, onSome: Effect.succeed })
  const loaded = yield* setParameters(yield* loadPipeline(file), set)
  const refresh = yield* stagesToRefresh(loaded, wanted)
  const [summary, problem] = yield* (cluster ? runOnCluster : runOf)(loaded, { refresh }).pipe(
    rendered(rendering(json), durationsOf(loaded)),
    followMetrics({ metrics, tensorboard }),
  )
  if (!json && !isStdoutTaken) yield* printResults(summary)
  if (summary.outcome === "done") return yield* problem ?? Effect.void
  // Each failure was reported when it happened, perhaps many lines ago.
  yield* remark(`assay: ${formatFailures(summary)}`)
  if (summary.failures.some(isDiskFull))
    return yield* new DiskFull({ message: "a disk is full: make room and run again; finished stages are cached" })
  return yield* new StagesFailed({ message: pluralize(summary.failures.length, "stage") })
}, withTelemetryAndRuntime)

/** What the run's stages took before. */
const durationsOf = Effect.fnUntraced(function* ({ graph }: LoadedPipeline) {
  const { threads } = yield* Settings
  const { stages } = wiringOf(graph)
  return { stages, before: yield* pastSeconds({ run: "", pipeline: graph.name }, stages), parallel: threads } satisfies Basis
})

const rendering = (json: boolean): Rendering => (json ? "json" : process.stderr.isTTY ? "tree" : "lines")

/** Stages that are named; the others are counted. */
const maxNamed = 5

/** `2 stages failed: a, b` */
const formatFailures = ({ failures }: RunSummary): string => {
  const ids = failures.slice(0, maxNamed).map(({ id }) => id)
  const rest = failures.length - ids.length
  return `${pluralize(failures.length, "stage")} failed: ${ids.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}; "assay replay <stage>" runs one again`
}

/** Whether a stage failed because the disk is full. */
const isDiskFull = ({ message }: RunSummary["failures"][number]): boolean => /\b(ENOSPC|EDQUOT|EFBIG)\b/.test(message)
