/** Goes to any view, stage, artifact or run by a part of its name. */

import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { navigate } from "wouter/use-browser-location"
import type { RunDetails, RunSummary } from "../../serve/api.ts"
import { artifactPage, comparePage, runPage, sqlPage, stagePage } from "../address/pages.ts"
import { fillPath } from "../address/pattern.ts"
import { runQuery } from "../api/queries.ts"
import { type Choice, Chooser } from "../elements/chooser/chooser.tsx"
import { ForeignText } from "../elements/foreign-text.tsx"
import { StatusIcon, stateOfRun } from "../elements/status.tsx"
import { formatMoment } from "../text/format.ts"
import { navigation } from "../views/index.ts"
import { useChosenRun } from "./route.ts"
import { findRun, useRuns } from "./use-runs.ts"

interface Destination extends Choice {
  readonly page: string
}

export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const chosen = useChosenRun()
  const runs = useRuns().data
  const run = findRun(runs, chosen)?.run ?? ""
  const { data: details } = useQuery({ ...runQuery(run), enabled: run !== "" })
  const choices = useMemo(() => destinationsOf(chosen, runs ?? [], details), [chosen, runs, details])
  return (
    <Chooser
      label="Go to"
      placeholder="A stage, an artifact, a run or a view"
      choices={choices}
      onChoose={({ page }) => navigate(page)}
      onClose={onClose}
    />
  )
}

const destinationsOf = (chosen: string, runs: ReadonlyArray<RunSummary>, details: RunDetails | undefined): ReadonlyArray<Destination> => [
  ...navigation.map(({ name, pattern }) => ({
    key: `view ${name}`,
    text: name,
    label: name,
    hint: "view",
    page: fillPath(pattern, { run: chosen }),
  })),
  { key: "view sql", text: "SQL across tables", label: "SQL across tables", hint: "view", page: sqlPage(chosen) },
  ...comparisonOf(runs),
  ...(details?.stages ?? []).map(({ id, stage, outcome }) => ({
    key: `stage ${id}`,
    text: `${id} ${stage}`,
    label: (
      <>
        <StatusIcon state={outcome} /> <ForeignText text={id} />
      </>
    ),
    hint: stage,
    page: stagePage(chosen, id),
  })),
  ...(details?.stages ?? []).flatMap(({ id, key, outputs }) =>
    key === null
      ? []
      : outputs.map(({ name, artifact }) => ({
          key: `artifact ${id} ${name}`,
          text: `${id} ${name} ${artifact}`,
          label: <ForeignText text={`${id} · ${name}`} />,
          hint: artifact,
          page: artifactPage(chosen, key, name),
        })),
  ),
  ...runs.map((summary) => ({
    key: `run ${summary.run}`,
    text: `${summary.pipeline} ${summary.run}`,
    label: (
      <>
        <StatusIcon state={stateOfRun(summary)} /> {summary.pipeline} <span className="faint">{summary.run}</span>
      </>
    ),
    hint: formatMoment(summary.created, new Date()),
    page: runPage(summary.run),
  })),
]

const comparisonOf = ([newest, before]: ReadonlyArray<RunSummary>): ReadonlyArray<Destination> =>
  newest === undefined || before === undefined
    ? []
    : [
        {
          key: "view compare",
          text: "Compare the last two runs diff",
          label: "Compare the last two runs",
          hint: "view",
          page: comparePage(before.run, newest.run),
        },
      ]
