/** Lineage: what an artifact or a row of it was made of, down to the files from outside. */

import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { navigate } from "wouter/use-browser-location"
import { useParam } from "../../address/use-param.ts"
import { lineageQuery, runQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { lineageParams, rowParam } from "./address.ts"
import { ArtifactLineage } from "./artifact-lineage.tsx"
import { Chosen, storedOutputs } from "./chosen.tsx"
import { RowLineage } from "./row-lineage.tsx"

const LineageView = ({ run }: { readonly run: string }) => {
  const [key] = useParam("key", lineageParams.key)
  const [output] = useParam("output", lineageParams.output)
  const [row] = useParam("row", rowParam)
  const details = useQuery(runQuery(run))
  const outputs = useMemo(() => (details.data === undefined ? undefined : storedOutputs(details.data)), [details.data])
  const chosen = outputs?.find((stored) => stored.key === key && stored.output.name === output)
  return (
    <Page title="Lineage">
      {details.isError ? <Failure error={details.error} onRetry={() => void details.refetch()} /> : null}
      <Chosen run={run} outputs={outputs} table={{ key, output }} chosen={chosen} row={row} onGo={(page) => navigate(page)} />
      {key === "" || output === "" ? (
        <Empty title="Choose an artifact.">
          <p>Here is shown what it was made of. With the number of one of its rows, the rows behind that row, down to the corpus.</p>
        </Empty>
      ) : (
        <Traced key={`${key} ${output} ${row}`} run={run} table={{ key, output }} row={row} />
      )}
    </Page>
  )
}

const Traced = ({
  run,
  table,
  row,
}: {
  readonly run: string
  readonly table: { readonly key: string; readonly output: string }
  readonly row: number | null
}) => {
  const query = useQuery(lineageQuery(run, table, row))
  return (
    <Loaded query={query} skeleton={<Skeleton lines={10} />}>
      {(lineage) => (
        <>
          {lineage.row === null ? null : (
            <Panel title="The row">
              <RowLineage run={run} origin={lineage.row} />
            </Panel>
          )}
          <Panel title={lineage.row === null ? "The artifact" : "Its artifact"}>
            <ArtifactLineage run={run} ancestors={lineage.ancestors} />
          </Panel>
        </>
      )}
    </Loaded>
  )
}

export default LineageView
