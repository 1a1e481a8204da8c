import { Effect, Option } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { type Manifest, Results, type RunRecord } from "../../runtime/index.ts"
import { duration } from "../../runtime/observe/format.ts"
import type { Options } from "../options.ts"
import { pluralize } from "../print/number.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { findRunByName } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** A stage of a run, and what it took. */
interface ProfiledStage {
  readonly id: string
  readonly stage: string
  readonly outcome: RunRecord["stages"][number]["outcome"]
  /** What it computed for in this run; 0 if it was cached. */
  readonly seconds: number
  /** What its result took in an earlier run; 0 if it was computed in this one. */
  readonly saved: number
}

/** The stages of one declaration together. */
interface ProfiledKind {
  readonly stage: string
  readonly computed: number
  readonly cached: number
  readonly seconds: number
  readonly longest: number
  readonly saved: number
}

/** Says where the time of a run went: by declaration, by stage, and what the cache saved. */
export const profile = Effect.fn("assay profile")(function* ({ run, rows, ...flags }: Options<"profile">) {
  const format = yield* rowFormat(flags)
  const record = yield* findRunByName(Option.getOrElse(run, () => "~0"))
  const stages = profileOf(record, yield* (yield* Results).of(record))
  const kinds = kindsOf(stages)
  const summary = { run: record.run, pipeline: record.pipeline, outcome: record.outcome, seconds: record.seconds, ...totalsOf(stages) }
  // Times are in seconds; `saved` is what cached results took when they were computed.
  if (format === "json") return yield* printJson({ ...summary, kinds, stages })
  if (format === "csv")
    return yield* printCsv(
      csvColumns,
      stages.map(({ id, stage, outcome, seconds, saved }) => [id, stage, outcome, seconds, saved]),
    )
  yield* print(formatProfile(summary, kinds, stages, rows))
}, withRuntime)

const csvColumns = ["id", "stage", "outcome", "seconds", "saved"]

const profileOf = ({ stages }: RunRecord, manifests: ReadonlyMap<string, Manifest>): ReadonlyArray<ProfiledStage> =>
  stages.map(({ id, stage, outcome, seconds }) => {
    const isCached = outcome === "cached"
    return { id, stage, outcome, seconds: isCached ? 0 : seconds, saved: isCached ? (manifests.get(id)?.seconds ?? 0) : 0 }
  })

const kindsOf = (stages: ReadonlyArray<ProfiledStage>): ReadonlyArray<ProfiledKind> => {
  const names = [...new Set(stages.map(({ stage }) => stage))]
  const kinds = names.map((name): ProfiledKind => {
    const own = stages.filter(({ stage }) => stage === name)
    const computed = own.filter(({ seconds }) => seconds > 0)
    return {
      stage: name,
      computed: computed.length,
      cached: own.filter(({ outcome }) => outcome === "cached").length,
      seconds: sum(computed.map(({ seconds }) => seconds)),
      longest: Math.max(0, ...computed.map(({ seconds }) => seconds)),
      saved: sum(own.map(({ saved }) => saved)),
    }
  })
  return kinds.sort((a, b) => b.seconds - a.seconds || b.saved - a.saved)
}

const totalsOf = (stages: ReadonlyArray<ProfiledStage>) => ({
  computed: stages.filter(({ seconds }) => seconds > 0).length,
  cached: stages.filter(({ outcome }) => outcome === "cached").length,
  stageSeconds: sum(stages.map(({ seconds }) => seconds)),
  savedSeconds: sum(stages.map(({ saved }) => saved)),
})

type Summary = Pick<RunRecord, "run" | "pipeline" | "outcome" | "seconds"> & ReturnType<typeof totalsOf>

const formatProfile = (
  summary: Summary,
  kinds: ReadonlyArray<ProfiledKind>,
  stages: ReadonlyArray<ProfiledStage>,
  most: number,
): string => {
  const { stageSeconds: all } = summary
  const kindRows = kinds.map(
    ({ stage, computed, cached, seconds, longest, saved }): ReadonlyArray<Json> => [
      stage,
      computed,
      cached,
      took(seconds),
      share(seconds, all),
      took(longest),
      took(saved),
    ],
  )
  const slowest = stages
    .filter(({ seconds }) => seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, most)
  const stageRows = slowest.map(({ id, stage, seconds }): ReadonlyArray<Json> => [id, stage, took(seconds), share(seconds, all)])
  const width = screenWidth()
  return [
    ...headOf(summary),
    "",
    formatTable(["stage", "computed", "cached", "time", "share", "longest", "saved"], kindRows, width),
    ...(stageRows.length === 0 ? [] : ["", slowest.length === 1 ? "the slowest stage:" : `the ${slowest.length} slowest stages:`, ""]),
    ...(stageRows.length === 0 ? [] : [formatTable(["id", "stage", "time", "share"], stageRows, width)]),
  ].join("\n")
}

const headOf = ({ run, pipeline, outcome, seconds, computed, cached, stageSeconds, savedSeconds }: Summary): ReadonlyArray<string> => [
  `${run}  (${pipeline}, ${outcome} after ${duration(seconds)})`,
  ...(computed > 0
    ? [
        `${pluralize(computed, "stage")} computed for ${duration(stageSeconds)}, ${(stageSeconds / seconds).toFixed(1)} at a time on average`,
      ]
    : ["nothing was computed"]),
  ...(cached > 0 ? [`${pluralize(cached, "stage")} cached, which took ${duration(savedSeconds)} when they were computed`] : []),
]

const took = (seconds: number): string => (seconds > 0 ? duration(seconds) : "-")

const share = (seconds: number, all: number): string => (all > 0 && seconds > 0 ? `${((seconds / all) * 100).toFixed(0)} %` : "-")

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
