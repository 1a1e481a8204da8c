/** All outputs of a run, each of which opens as a table or as files. */

import { useQuery } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"
import { Link } from "wouter"
import { navigate } from "wouter/use-browser-location"
import type { RunDetails } from "../../../serve/api.ts"
import { artifactPage, sqlPage, stagePage } from "../../address/pages.ts"
import { choiceParam, sortParam, textParam } from "../../address/query.ts"
import { useDraft } from "../../address/use-draft.ts"
import { useParam } from "../../address/use-param.ts"
import { runQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Grid, type GridColumn } from "../../elements/grid/grid.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Bytes, Count } from "../../elements/quantity.tsx"
import { Select } from "../../elements/select.tsx"
import { TextField } from "../../elements/text-field.tsx"
import { plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import {
  filterOutputs,
  type Grouping,
  groupings,
  type Line,
  linesOf,
  nextSort,
  outputsOf,
  type SortColumn,
  sortColumns,
} from "./outputs.ts"

const typedParam = textParam()
const groupingParam = choiceParam(groupings, "type")
const orderParam = sortParam(sortColumns, null)

const groupingOptions = [
  { value: "type", label: "artifact type" },
  { value: "stage", label: "kind of stage" },
  { value: "none", label: "nothing" },
] as const

const ArtifactsView = ({ run }: { readonly run: string }) => {
  const query = useQuery(runQuery(run))
  return (
    <Page
      title="Artifacts"
      fill
      actions={
        <Link className="button" href={sqlPage(run)}>
          <Icon name="code" /> SQL across tables
        </Link>
      }
    >
      <Loaded query={query}>{(details) => <Artifacts run={run} details={details} />}</Loaded>
    </Page>
  )
}

const Artifacts = ({ run, details }: { readonly run: string; readonly details: RunDetails }) => {
  const [typed, setTyped] = useParam("q", typedParam)
  const [grouping, setGrouping] = useParam("group", groupingParam)
  const [sort, setSort] = useParam("sort", orderParam)
  const draft = useDraft(typed, setTyped)
  const all = useMemo(() => outputsOf(details), [details])
  const found = useMemo(() => filterOutputs(all, typed), [all, typed])
  const lines = useMemo(() => linesOf(found, grouping, sort), [found, grouping, sort])
  const columns = useMemo(() => columnsOf(run, grouping), [run, grouping])
  const rowAt = useCallback((index: number) => lines[index], [lines])
  const open = (index: number) => {
    const line = lines[index]
    if (line?.kind === "output") navigate(artifactPage(run, line.output.key, line.output.name))
  }
  if (all.length === 0)
    return (
      <Empty title="The run has no artifacts.">
        <p>
          {details.alive
            ? "They appear when its first stage is finished."
            : "None of its stages finished, or their results were collected."}
        </p>
      </Empty>
    )
  return (
    <>
      <div className="row-of">
        <TextField label="Filter" hideLabel placeholder="Stage, output or type" value={draft.text} onChange={draft.type} />
        <Select label="Grouped by" value={grouping} options={groupingOptions} onChange={setGrouping} />
        <span className="faint" aria-live="polite">
          {found.length === all.length ? plural(all.length, "artifact") : `${found.length} of ${plural(all.length, "artifact")}`}
        </span>
      </div>
      <Grid
        label="Artifacts"
        columns={columns}
        total={lines.length}
        rowAt={rowAt}
        sort={sort}
        onSort={(column) => setSort(nextSort(sort, column as SortColumn))}
        onOpen={open}
        rowClass={(line) => (line.kind === "group" ? "group-line" : "")}
        empty={<Empty title="No artifact fits the filter." />}
      />
    </>
  )
}

const columnsOf = (run: string, grouping: Grouping): ReadonlyArray<GridColumn<Line>> => [
  {
    key: "output",
    header: "Output",
    width: 190,
    sortable: true,
    cell: (line) =>
      line.kind === "group" ? (
        <strong className="clip">
          <ForeignText text={line.name} /> <span className="faint">{line.count}</span>
        </strong>
      ) : (
        <span>
          <Icon name={line.output.kind === "table" ? "table" : "files"} />{" "}
          <Link href={artifactPage(run, line.output.key, line.output.name)}>
            <ForeignText text={line.output.name} />
          </Link>
        </span>
      ),
  },
  {
    key: "stage",
    header: "Stage",
    width: 260,
    grow: true,
    sortable: true,
    cell: (line) =>
      line.kind === "group" ? null : (
        <Link href={stagePage(run, line.output.id)} title={visibleText(line.output.id)}>
          <ForeignText text={line.output.id} />
        </Link>
      ),
  },
  ...(grouping === "type"
    ? []
    : [
        {
          key: "type",
          header: "Type",
          width: 130,
          cell: (line: Line) => (line.kind === "group" ? null : <ForeignText text={line.output.artifact} />),
        },
      ]),
  {
    key: "rows",
    header: "Rows",
    width: 90,
    align: "end",
    sortable: true,
    cell: (line) => {
      const rows = line.kind === "group" ? line.rows || null : line.output.rows
      return rows === null ? null : <Count count={rows} />
    },
  },
  {
    key: "bytes",
    header: "Size",
    width: 90,
    align: "end",
    sortable: true,
    cell: (line) => <Bytes bytes={line.kind === "group" ? line.bytes : line.output.bytes} />,
  },
]

export default ArtifactsView
