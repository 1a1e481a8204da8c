/** The first rows that a mark is the mean of, each with the way to the corpus row behind it. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { Cell, Mark, Page } from "../../../serve/api.ts"
import { rowsQuery } from "../../api/queries.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { formatCount, formatNumber } from "../../text/format.ts"
import { type Evaluation, filterOf, lineageOf } from "./links.ts"

const firstRows = 5

/** Characters of a text. */
const excerpt = 140

interface Props {
  readonly run: string
  readonly mark: Mark
  readonly evaluation: Evaluation
}

export const EvaluationRows = ({ run, mark, evaluation }: Props) => {
  const query = useQuery(rowsQuery(evaluation, { offset: 0, limit: firstRows, filter: filterOf(mark), cell: excerpt }))
  return (
    <section aria-label="Rows of the mark">
      <h3>Down to the corpus</h3>
      <Loaded query={query}>
        {(page) => (
          <>
            <ol className="frontier-rows">
              {page.rows.map(({ row, cells }) => (
                <Row key={row} row={row} page={page} cells={cells} address={lineageOf(run, evaluation, row)} />
              ))}
            </ol>
            <p className="faint">
              {page.rows.length} of {formatCount(page.total)} rows
            </p>
          </>
        )}
      </Loaded>
    </section>
  )
}

interface RowProps {
  readonly row: number
  readonly page: Page
  readonly cells: ReadonlyArray<Cell>
  readonly address: string
}

const Row = ({ row, page, cells, address }: RowProps) => {
  const cell = (name: string): Cell => cells[page.columns.findIndex((column) => column.name === name)] ?? null
  const [prompt, response, outcome, kl] = [cell("prompt"), cell("response"), cell("outcome"), cell("kl")]
  return (
    <li className="frontier-row">
      <p className="frontier-row-text">
        <span className="soft">{typeof prompt === "string" ? <ForeignText text={prompt} /> : null}</span>{" "}
        {typeof response === "string" ? <ForeignText text={response} /> : null}
      </p>
      <p className="row-of">
        <Link href={address}>Lineage of row {formatCount(row)}</Link>
        <span className="faint number">
          {typeof outcome === "number" ? `wins ${formatNumber(outcome, 3)}` : ""}
          {typeof kl === "number" ? ` · KL ${formatNumber(kl, 3)}` : ""}
        </span>
      </p>
    </li>
  )
}
