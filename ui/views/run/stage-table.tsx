/** The stages of a run as a table that is filtered and sorted. */

import { useMemo } from "react"
import { Link } from "wouter"
import { navigate } from "wouter/use-browser-location"
import { stagePage } from "../../address/pages.ts"
import { listParam, sortParam, textParam } from "../../address/query.ts"
import { useParam } from "../../address/use-param.ts"
import type { StandingStage } from "../../api/standing-stages.ts"
import { Empty } from "../../elements/empty.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Grid, type GridColumn } from "../../elements/grid/grid.tsx"
import { Duration } from "../../elements/quantity.tsx"
import { StateChips } from "../../elements/state-chips.tsx"
import { Status } from "../../elements/status.tsx"
import { TextField } from "../../elements/text-field.tsx"
import { formatBytes, plural, unknown } from "../../text/format.ts"
import { type StageSort, selectStages, stageSorts } from "./select-stages.ts"

const searched = textParam()
const sorted = sortParam(stageSorts, null)

export const StageTable = ({ run, stages }: { readonly run: string; readonly stages: ReadonlyArray<StandingStage> }) => {
  const [text, setText] = useParam("q", searched)
  const [states, setStates] = useParam("state", listParam)
  const [sort, setSort] = useParam("sort", sorted)
  const shown = useMemo(() => selectStages(stages, { text, states, sort }), [stages, text, states, sort])
  const longest = useMemo(() => Math.max(0, ...stages.map(({ seconds }) => seconds ?? 0)), [stages])
  const columns = useMemo(() => columnsOf(run, longest), [run, longest])
  const rowAt = useMemo(() => (index: number) => shown[index], [shown])
  // The longest are asked for more often than the shortest: they come with the first click.
  const onSort = (column: string) => {
    const first = column === "seconds"
    if (sort?.column !== column) setSort({ column: column as StageSort, descending: first })
    else setSort(sort.descending === first ? { ...sort, descending: !first } : null)
  }
  return (
    <>
      <div className="row-of">
        <TextField label="Filter stages" hideLabel placeholder="Filter stages" value={text} onChange={setText} />
        <StateChips states={stages.map(({ state }) => state)} chosen={states} onChange={setStates} />
        <span className="faint" aria-live="polite">
          {shown.length === stages.length ? plural(stages.length, "stage") : `${shown.length} of ${plural(stages.length, "stage")}`}
        </span>
      </div>
      <Grid
        label="Stages"
        columns={columns}
        total={shown.length}
        rowAt={rowAt}
        sort={sort}
        onSort={onSort}
        onOpen={(index) => {
          const stage = shown[index]
          if (stage !== undefined) navigate(stagePage(run, stage.id))
        }}
        empty={<Empty title="No stage fits the filter." />}
      />
    </>
  )
}

const columnsOf = (run: string, longest: number): ReadonlyArray<GridColumn<StandingStage>> => [
  { key: "state", header: "Outcome", width: 118, sortable: true, cell: ({ state }) => <Status state={state} /> },
  {
    key: "id",
    header: "Stage",
    width: 230,
    grow: true,
    sortable: true,
    cell: ({ id }) => (
      <Link className="clip-start" href={stagePage(run, id)} tabIndex={-1} title={id}>
        <ForeignText text={id} />
      </Link>
    ),
  },
  { key: "stage", header: "Declared as", width: 128, sortable: true, cell: ({ stage }) => <span className="soft">{stage}</span> },
  { key: "seconds", header: "Duration", width: 104, align: "end", sortable: true, cell: ({ seconds }) => <Duration seconds={seconds} /> },
  {
    key: "bar",
    header: "Share",
    width: 110,
    cell: ({ seconds, state }) =>
      seconds === null || longest === 0 ? null : (
        <span className={`bar bar-${state}`} style={{ inlineSize: `${(seconds / longest) * 100}%` }} />
      ),
  },
  {
    key: "because",
    header: "Why it was computed",
    width: 196,
    grow: true,
    cell: ({ because, state }) =>
      because === null ? (
        <span className="faint">{state === "cached" ? "cached" : unknown}</span>
      ) : (
        <span title={because}>
          <ForeignText text={because} />
        </span>
      ),
  },
  {
    key: "outputs",
    header: "Outputs",
    width: 190,
    cell: ({ outputs }) => (
      <span className="soft">
        {outputs.map(({ name, rows, bytes }) => `${name} ${rows === null ? formatBytes(bytes) : plural(rows, "row")}`).join(", ")}
      </span>
    ),
  },
]
