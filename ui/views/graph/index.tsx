/** The graph of a run: its stages in layers, with sweeps folded into one node each. */

import { useQuery } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"
import type { RunDetails } from "../../../serve/api.ts"
import { textParam } from "../../address/query.ts"
import { useParam } from "../../address/use-param.ts"
import { useLiveRun } from "../../api/live-run.ts"
import { runQuery } from "../../api/queries.ts"
import { useStandingStages } from "../../api/standing-stages.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { Status, stateOfRun } from "../../elements/status.tsx"
import { plural } from "../../text/format.ts"
import { Canvas } from "./canvas.tsx"
import { fold, type GraphNode } from "./fold.ts"
import { SidePanel } from "./side-panel.tsx"
import { addUnfoldings, isUnfolded, removeUnfolding, unfoldingsParam, unfoldNode } from "./unfoldings.ts"
import { useLayout } from "./use-layout.ts"

const chosenStage = textParam()

const GraphView = ({ run }: { readonly run: string }) => {
  const query = useQuery(runQuery(run))
  const { data } = query
  return (
    <Page
      fill
      title={`Graph of ${data?.pipeline ?? run}`}
      heading={
        data === undefined ? (
          "Graph"
        ) : (
          <span className="row-of">
            {data.pipeline} <Status state={stateOfRun(data)} />
          </span>
        )
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={8} />}>
        {(details) => <GraphOf details={details} />}
      </Loaded>
    </Page>
  )
}

export default GraphView

const GraphOf = ({ details }: { readonly details: RunDetails }) => {
  const live = useLiveRun(details.run, details.alive)
  const stages = useStandingStages(details, live)
  const [unfoldings, setUnfoldings] = useParam("open", unfoldingsParam)
  const [stageId, setStageId] = useParam("stage", chosenStage)
  const graph = useMemo(() => fold(stages, unfoldings), [stages, unfoldings])
  const { laid, isPending, error } = useLayout(graph)
  const axes = useMemo(() => axesOf(details), [details])
  const chosen = laid?.graph.nodes.find((node) => node.stages.some(({ id }) => id === stageId)) ?? null
  const choose = useCallback((node: GraphNode | null) => setStageId(node?.stages[0]?.id ?? ""), [setStageId])
  const unfold = useCallback((node: GraphNode) => setUnfoldings(unfoldNode(unfoldings, node)), [unfoldings, setUnfoldings])

  if (details.stages.length === 0) return <Empty title="This run has no stages." />
  return (
    <>
      <div className="row-of">
        {axes.map(({ name, count }) => {
          const unfolding = { family: null, axis: name }
          const isOpen = isUnfolded(unfoldings, unfolding)
          return (
            <button
              key={name}
              type="button"
              className="chip"
              aria-pressed={isOpen}
              onClick={() => setUnfoldings(isOpen ? removeUnfolding(unfoldings, unfolding) : addUnfoldings(unfoldings, [unfolding]))}
            >
              Unfold {name} <span className="faint">×{count}</span>
            </button>
          )
        })}
        {unfoldings.length === 0 ? null : (
          <button type="button" className="button" onClick={() => setUnfoldings([])}>
            Fold all
          </button>
        )}
        <span className="faint" role="status">
          {plural(details.stages.length, "stage")} in {plural(graph.nodes.length, "node")}
          {isPending ? <span className="unseen">, laying out</span> : null}
        </span>
      </div>
      {error === null ? null : <Failure error={new Error(error)} />}
      <div className="graph">
        {laid === null ? (
          <div className="graph-canvas">
            <Skeleton lines={6} label="Laying out the graph" />
          </div>
        ) : (
          <Canvas laid={laid} isPending={isPending} chosen={chosen?.key ?? null} onChoose={choose} onUnfold={unfold} />
        )}
        {chosen === null ? null : (
          <SidePanel
            run={details.run}
            node={chosen}
            stage={details.stages.find(({ id }) => id === chosen.stages[0]?.id)}
            onUnfold={(added) => setUnfoldings(addUnfoldings(unfoldings, added))}
            onFold={(removed) => setUnfoldings(removeUnfolding(removeUnfolding(unfoldings, removed), { family: null, axis: removed.axis }))}
            onClose={() => setStageId("")}
          />
        )}
      </div>
    </>
  )
}

/** The axes of all sweeps, with how many values each has. */
const axesOf = ({ stages }: RunDetails): ReadonlyArray<{ readonly name: string; readonly count: number }> => {
  const values = new Map<string, Set<string>>()
  for (const { at } of stages) for (const [name, value] of Object.entries(at)) values.set(name, (values.get(name) ?? new Set()).add(value))
  return [...values].map(([name, { size }]) => ({ name, count: size })).filter(({ count }) => count > 1)
}
