import { DateTime, Effect } from "effect"
import {
  advance,
  estimate,
  initialState,
  itemsOf,
  type JournalEvent,
  Journals,
  type Progress,
  type RunRecord,
  type RunState,
  type RunStatus,
  Runs,
  runBasis,
  type StageOutcome,
} from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { formatRuns } from "../print/runs.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { withRuntime } from "./with-runtime.ts"

/** Lines that a stage printed last, of a run in progress that is asked for. */
const printedLines = 5

/** A run of the store, finished or in progress, in this process or another. */
export interface ListedRun {
  readonly run: string
  /** Null where a version that this one cannot read wrote it. */
  readonly pipeline: string | null
  /** `died`: its process did, before the run had ended. */
  readonly outcome: "running" | "died" | "done" | "failed" | "interrupted"
  /** When it began: ISO 8601. */
  readonly created: string | null
  /** For how long it has run, or did. */
  readonly seconds: number | null
  /** Seconds until it ends, about; null where nothing tells, and of one that has ended. */
  readonly left: number | null
  /** The process that runs it, or did where it died; null where it is not known. */
  readonly process: { readonly host: string; readonly pid: number } | null
  readonly stages: {
    readonly total: number
    readonly cached: number
    readonly finished: number
    readonly failed: number
    readonly skipped: number
  }
  /** What it computes now. */
  readonly computing: ReadonlyArray<ComputingStage>
}

export interface ComputingStage {
  readonly id: string
  readonly stage: string
  /** ISO 8601, by the clock of the machine that runs the pipeline. */
  readonly since: string
  /** The machine that computes it, where several do. */
  readonly machine: string | null
  /** The last lines that it printed. */
  readonly printed: ReadonlyArray<string>
  /** The last that it reported; `rate` is in steps a second. Null before that. */
  readonly progress: Pick<Progress, "step" | "total" | "values" | "rate"> | null
}

export const runs = Effect.fn("assay runs")(function* ({ running, limit, ...flags }: Options<"runs">) {
  const format = yield* rowFormat(flags)
  if (limit < 1) return yield* new UsageError({ message: `--limit is ${limit}: expected an integer of at least 1` })
  const listed = yield* newestRuns({ running, limit })
  if (format === "json") return yield* printJson(listed)
  if (format === "csv") return yield* printCsv(csvColumns, listed.map(csvRow))
  const none = running ? "no run is in progress" : 'no pipeline has run here yet: run one with "assay run <file>"'
  yield* print(
    listed.length === 0
      ? none
      : formatRuns(listed, { now: (yield* DateTime.now).epochMilliseconds, width: screenWidth(), printed: running ? printedLines : 0 }),
  )
}, withRuntime)

const csvColumns = ["run", "pipeline", "outcome", "created", "seconds", "total", "cached", "finished", "failed", "skipped", "host", "pid"]

const csvRow = ({ run, pipeline, outcome, created, seconds, stages, process }: ListedRun) => {
  const { total, cached, finished, failed, skipped } = stages
  return [run, pipeline, outcome, created, seconds, total, cached, finished, failed, skipped, process?.host ?? null, process?.pid ?? null]
}

const newestRuns = Effect.fnUntraced(function* ({ running, limit }: { readonly running: boolean; readonly limit: number }) {
  const { history } = yield* Runs
  const journals = yield* Journals
  const alive = new Map((yield* journals.running).map((status) => [status.run, status]))
  const records = new Map<string, RunRecord>()
  for (const record of history()) {
    if (!running || alive.has(record.run)) records.set(record.run, record)
    if (records.size === limit || (running && records.size === alive.size)) break
  }
  const ids = [...new Set([...alive.keys(), ...records.keys()])].sort((a, b) => numberOf(b) - numberOf(a) || (a > b ? -1 : 1))
  const listed: Array<ListedRun> = []
  for (const run of ids) {
    const record = records.get(run) ?? null
    const hasEnded = record !== null && (record.outcome !== "unfinished" || !alive.has(run))
    if (listed.length === limit) break
    if (!hasEnded) listed.push(yield* runInProgress(alive.get(run) as RunStatus, record))
    else if (!running) listed.push(yield* endedRun(record))
  }
  return listed
})

/** Which run of the store it is: ids end in it, and times may lie. 0 where an id holds none. */
const numberOf = (run: string): number => Number(/\.r(\d+)$/.exec(run)?.[1] ?? 0)

const endedRun = Effect.fnUntraced(function* (record: RunRecord) {
  const { run, pipeline, outcome, created, seconds, stages } = record
  const status = outcome === "unfinished" ? yield* (yield* Journals).status(run) : null
  return {
    run,
    pipeline,
    outcome: outcome === "unfinished" ? "died" : outcome,
    created,
    seconds,
    left: null,
    process: status?.process ?? null,
    stages: countsOf(stages.length, stages),
    computing: [],
  } satisfies ListedRun
})

const runInProgress = Effect.fnUntraced(function* ({ run, process }: RunStatus, record: RunRecord | null) {
  const journals = yield* Journals
  const head = yield* journals.head(run)
  const events = yield* journals.read(run)
  const created = head?.created ?? record?.created ?? null
  const now = (yield* DateTime.now).epochMilliseconds
  const standing = standingOf(events, created)
  const seconds = created === null ? null : Math.max(0, now - Date.parse(created)) / 1000
  return {
    run,
    pipeline: head?.pipeline ?? record?.pipeline ?? null,
    outcome: "running",
    created,
    seconds,
    left: seconds === null ? null : estimate(standing.state, yield* runBasis(head), seconds).seconds,
    process,
    stages: head === null ? countsOf(record?.stages.length ?? 0, record?.stages ?? []) : standing.stages,
    computing: standing.computing,
  } satisfies ListedRun
})

interface Standing extends Pick<ListedRun, "stages" | "computing"> {
  readonly state: RunState
}

/** Where the journal of a run says that it stands. */
const standingOf = (events: ReadonlyArray<JournalEvent>, created: string | null): Standing => {
  const machines = new Map<string, string>()
  const state = events.reduce((before, event) => {
    if (event.type === "stage.started" && "machine" in event && typeof event.machine === "string") machines.set(event.id, event.machine)
    return advance(before, event, event.at / 1000)
  }, initialState(0))
  // A stage that was computed again is there twice: its last outcome counts, and none while it
  // computes.
  const outcomes = new Map(itemsOf(state.settled).map((settled) => [settled.id, settled]))
  const settled = [...outcomes.values()].filter(({ id }) => !state.running.has(id))
  const start = created === null ? 0 : Date.parse(created)
  const computing = [...state.running.values()].map(({ id, stage, since, progress, printed }) => ({
    id,
    stage,
    since: DateTime.formatIso(DateTime.makeUnsafe(start + since * 1000)),
    machine: machines.get(id) ?? null,
    printed,
    progress: progress === null ? null : { step: progress.step, total: progress.total, values: progress.values, rate: progress.rate },
  }))
  return { state, stages: countsOf(state.stages, settled), computing }
}

const countsOf = (total: number, stages: ReadonlyArray<Pick<StageOutcome, "outcome">>): ListedRun["stages"] => {
  const count = (wanted: StageOutcome["outcome"]) => stages.filter(({ outcome }) => outcome === wanted).length
  return { total, cached: count("cached"), finished: count("finished"), failed: count("failed"), skipped: count("skipped") }
}
