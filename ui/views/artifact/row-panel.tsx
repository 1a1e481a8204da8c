/** One row: all its cells whole, and where to go from it. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { Cell, Page, TableDetails, TableRef } from "../../../serve/api.ts"
import { generationsPage, lineagePage } from "../../address/pages.ts"
import { type ResponseSetChoice, responseSetsParam } from "../../address/response-sets.ts"
import { rowsQuery } from "../../api/queries.ts"
import { FullCells } from "../../elements/cell/full-cells.tsx"
import { Empty } from "../../elements/empty.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { SidePanel } from "../../elements/side-panel.tsx"
import { formatCount } from "../../text/format.ts"
import { rowRequest } from "./wanted.ts"

interface Props {
  readonly run: string
  readonly artifact: TableDetails
  readonly table: TableRef
  readonly maker: string | null
  /** Its number in the stored table, from 0. */
  readonly row: number
  /** To the row above or below in the grid; null where there is none, or it is not known. */
  readonly onBefore: (() => void) | null
  readonly onAfter: (() => void) | null
  readonly onClose: () => void
}

export const RowPanel = ({ run, artifact, table, maker, row, onBefore, onAfter, onClose }: Props) => {
  const query = useQuery(rowsQuery(table, rowRequest(row)))
  return (
    <SidePanel
      title={`Row ${formatCount(row)}`}
      onClose={onClose}
      actions={
        <>
          <button
            type="button"
            className="button quiet"
            aria-label="Row above"
            disabled={onBefore === null}
            onClick={onBefore ?? undefined}
          >
            <Icon name="up" />
          </button>
          <button type="button" className="button quiet" aria-label="Row below" disabled={onAfter === null} onClick={onAfter ?? undefined}>
            <Icon name="down" />
          </button>
        </>
      }
    >
      <p className="row-of">
        <Link className="button" href={lineagePage(run, { ...table, row })}>
          <Icon name="link" /> Lineage
        </Link>
        {query.data === undefined ? null : <GenerationsLink run={run} artifact={artifact} maker={maker} page={query.data} />}
      </p>
      <Loaded query={query}>{(page) => <RowCells page={page} row={row} />}</Loaded>
    </SidePanel>
  )
}

const RowCells = ({ page: { columns, rows }, row }: { readonly page: Page; readonly row: number }) => {
  const [found] = rows
  if (found === undefined) return <Empty title={`The table has no row ${row}.`} />
  return (
    <FullCells
      cells={columns.map(({ name, type }, index) => ({
        name,
        type,
        value: found.cells[index] ?? null,
        isCut: found.cut?.includes(index) ?? false,
      }))}
    />
  )
}

const withTexts = new Set(["responses", "evaluation", "preferences", "judgements"])

const GenerationsLink = ({
  run,
  artifact,
  maker,
  page,
}: {
  readonly run: string
  readonly artifact: TableDetails
  readonly maker: string | null
  readonly page: Page
}) => {
  const cell = (name: string): Cell => page.rows[0]?.cells[page.columns.findIndex((column) => column.name === name)] ?? null
  const prompt = cell("prompt")
  if (maker === null || typeof prompt !== "string" || !withTexts.has(artifact.artifact)) return null
  const [step, against] = [cell("step"), cell("against")]
  const responseSet: ResponseSetChoice = {
    id: maker,
    output: artifact.name,
    step: typeof step === "number" ? step : null,
    against: typeof against === "string" ? against : null,
  }
  return (
    <Link className="button" href={generationsPage(run, { responses: responseSetsParam.write([responseSet]), prompt })}>
      Generations with this prompt
    </Link>
  )
}
