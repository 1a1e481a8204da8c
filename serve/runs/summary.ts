/** A run as its record tells. */

import * as path from "node:path"
import type { RunRecord } from "../../runtime/index.ts"
import type { Outcome, RunSummary } from "../api.ts"

/** What the record does not hold. */
export interface Surroundings {
  readonly projectRoot: string
  readonly alive: boolean
}

export const summaryOf = (record: RunRecord, { projectRoot, alive }: Surroundings): RunSummary => {
  const { run, pipeline, created, seconds, outcome, stages } = record
  const counts: Record<Outcome, number> = { cached: 0, finished: 0, failed: 0, skipped: 0, interrupted: 0, unfinished: 0 }
  for (const stage of stages) counts[stage.outcome] += 1
  const computed = stages.filter((stage) => stage.outcome === "finished")
  const slowest = computed.reduce<(typeof computed)[number] | null>(
    (most, each) => (most === null || each.seconds > most.seconds ? each : most),
    null,
  )
  return {
    run,
    pipeline,
    file: fileOf(record.path, projectRoot),
    commit: record.commit ?? null,
    created,
    seconds,
    outcome,
    alive,
    counts,
    slowest: slowest === null ? null : { id: slowest.id, seconds: slowest.seconds },
    failed: stages.filter((stage) => stage.outcome === "failed").map(({ id }) => id),
    registration: record.registration ?? null,
  }
}

/** From the project's folder, if it lies in it. */
const fileOf = (file: string, projectRoot: string): string => {
  const relative = path.relative(projectRoot, file)
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative
}
