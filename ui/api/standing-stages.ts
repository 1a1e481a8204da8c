/** The stages of a run as they stand now: those that are being computed say so. */

import { useMemo } from "react"
import type { LiveRun, RunDetails, RunStage } from "../../serve/api.ts"

/** What a stage's record says, or that it is being computed. */
export type StandingState = RunStage["outcome"] | "running"

export interface StandingStage extends RunStage {
  readonly state: StandingState
}

export const standStages = (stages: ReadonlyArray<RunStage>, live: LiveRun | null): ReadonlyArray<StandingStage> => {
  const running = new Map((live?.running ?? []).map(({ id, seconds }) => [id, seconds]))
  return stages.map((stage) => {
    const seconds = running.get(stage.id)
    return seconds === undefined ? { ...stage, state: stage.outcome } : { ...stage, state: "running", seconds }
  })
}

export const useStandingStages = (details: RunDetails | undefined, live: LiveRun | null): ReadonlyArray<StandingStage> =>
  useMemo(() => standStages(details?.stages ?? [], live), [details, live])
