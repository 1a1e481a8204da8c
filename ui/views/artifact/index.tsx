/** An artifact: what it is, and its rows or its files. */

import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { Link } from "wouter"
import type { RunStage, TableDetails } from "../../../serve/api.ts"
import { lineagePage, runPage, sqlPage, stagePage } from "../../address/pages.ts"
import { runQuery, tableQuery } from "../../api/queries.ts"
import { Digest } from "../../elements/digest.tsx"
import { Failure } from "../../elements/failure.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Page } from "../../elements/page.tsx"
import { Bytes, Count } from "../../elements/quantity.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { addTable, writeTables } from "../sql/tables.ts"
import { FilesView } from "./files-view.tsx"
import { TableView } from "./table-view.tsx"

interface Params {
  readonly run: string
  /** The key of the result. */
  readonly result: string
  readonly output: string
}

const ArtifactView = ({ run, result, output }: Params) => {
  const table = useMemo(() => ({ key: result, output }), [result, output])
  const { data: artifact, error, refetch } = useQuery(tableQuery(table))
  const { data: details } = useQuery(runQuery(run))
  const maker = details?.stages.find((stage) => stage.key === result)
  const title = `${maker?.id ?? artifact?.stage ?? "Artifact"} · ${output}`
  return (
    <Page title={title} heading={<ForeignText text={title} />} fill actions={<Actions run={run} artifact={artifact} maker={maker} />}>
      {artifact === undefined ? (
        error === null ? (
          <Skeleton lines={6} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <Facts run={run} artifact={artifact} maker={maker} />
          {artifact.kind === "table" ? (
            <TableView run={run} artifact={artifact} table={table} maker={maker?.id ?? null} />
          ) : (
            <FilesView artifact={artifact} table={table} />
          )}
        </>
      )}
    </Page>
  )
}

const Actions = ({
  run,
  artifact,
  maker,
}: {
  readonly run: string
  readonly artifact: TableDetails | undefined
  readonly maker: RunStage | undefined
}) => {
  if (artifact === undefined) return null
  const { key, name } = artifact
  return (
    <>
      {artifact.kind === "table" && maker !== undefined ? (
        <Link className="button" href={sqlPage(run, { tables: writeTables(addTable([], { id: maker.id, output: name })) })}>
          <Icon name="code" /> SQL
        </Link>
      ) : null}
      <Link className="button" href={lineagePage(run, { key, output: name })}>
        <Icon name="link" /> Lineage
      </Link>
    </>
  )
}

const Facts = ({
  run,
  artifact,
  maker,
}: {
  readonly run: string
  readonly artifact: TableDetails
  readonly maker: RunStage | undefined
}) => (
  <dl className="facts artifact-facts">
    <div>
      <dt>Type</dt>
      <dd>
        <ForeignText text={artifact.artifact} />
      </dd>
    </div>
    {artifact.rows === null ? null : (
      <div>
        <dt>Rows</dt>
        <dd>
          <Count count={artifact.rows} />
        </dd>
      </div>
    )}
    <div>
      <dt>Size</dt>
      <dd>
        <Bytes bytes={artifact.bytes} />
      </dd>
    </div>
    <div>
      <dt>Stage</dt>
      <dd>
        {maker === undefined ? (
          <ForeignText text={artifact.stage} />
        ) : (
          <Link href={stagePage(run, maker.id)}>
            <ForeignText text={maker.stage} />
          </Link>
        )}
      </dd>
    </div>
    <div>
      <dt>Run</dt>
      <dd>{maker === undefined ? <span className="faint">not of this run</span> : <Link href={runPage(run)}>{run}</Link>}</dd>
    </div>
    <div>
      <dt>Digest</dt>
      <dd>
        <Digest digest={artifact.digest} />
      </dd>
    </div>
  </dl>
)

export default ArtifactView
