/** The chosen response sets, with the steps and opponents of their tables. */

import { useQueries } from "@tanstack/react-query"
import { useMemo } from "react"
import type { GenerationSource, RunStage } from "../../../serve/api.ts"
import { type ResponseSetChoice, responseSetsParam } from "../../address/response-sets.ts"
import { useParam } from "../../address/use-param.ts"
import { responseSetsQuery } from "../../api/queries.ts"
import { type Preset, presetsOf } from "./default-response-sets.ts"
import { findSource, hasResponseSets, noResponseSets, type ShownResponseSet, showResponseSet } from "./response-sets.ts"

export interface ChosenResponseSets {
  readonly presets: ReadonlyArray<Preset>
  readonly choices: ReadonlyArray<ResponseSetChoice>
  /** Those that the run has. */
  readonly shown: ReadonlyArray<ShownResponseSet>
  /** Those that it does not have. */
  readonly missing: ReadonlyArray<ResponseSetChoice>
  /** Their steps and opponents are not known yet. */
  readonly isPending: boolean
  readonly error: Error | null
  readonly retry: () => void
}

export const useResponseSets = (sources: ReadonlyArray<GenerationSource>, stages: ReadonlyArray<RunStage>): ChosenResponseSets => {
  const [chosen] = useParam("responses", responseSetsParam)
  const presets = useMemo(() => presetsOf(sources, stages), [sources, stages])
  const choices = chosen ?? presets[0]?.responseSets ?? []
  const found = choices.flatMap((choice) => {
    const source = findSource(sources, choice)
    return source === undefined ? [] : [{ choice, source }]
  })
  const answers = useQueries({
    queries: found.map(({ source: { key, output, artifact } }) => ({
      ...responseSetsQuery({ key, output }),
      enabled: hasResponseSets({ artifact }),
    })),
  })
  return {
    presets,
    choices,
    shown: found.map(({ choice, source }, index) => showResponseSet(choice, source, answers[index]?.data ?? noResponseSets)),
    missing: choices.filter((choice) => findSource(sources, choice) === undefined),
    isPending: answers.some(({ isLoading }) => isLoading),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    retry: () => {
      for (const answer of answers) if (answer.isError) void answer.refetch()
    },
  }
}
