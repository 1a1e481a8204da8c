/** A frontier that answers to the pointer, or a drawing; in print always the drawing. */

import type { ReportFigure } from "../../serve/report/data.ts"
import { ForeignText } from "../elements/foreign-text.tsx"
import { Drawing } from "./drawing.tsx"
import { FrontierView } from "./frontier-view.tsx"
import { ResultTable } from "./result-table.tsx"

export const FigureView = ({ figure }: { readonly figure: ReportFigure }) => {
  const { id, headline, drawing, frontier, tables } = figure
  const isLive = frontier !== null && frontier.marks.length > 0
  return (
    <div className="report-figure">
      {headline === null ? null : (
        <h3>
          <ForeignText text={headline} />
        </h3>
      )}
      {isLive ? (
        <div className="report-screen-only">
          <FrontierView frontier={frontier} />
        </div>
      ) : null}
      <div className={isLive ? "report-print-only" : undefined}>
        <Drawing svg={drawing} label={id} />
      </div>
      <p className="report-figure-source faint">
        Drawn by <ForeignText text={id} />
      </p>
      {tables.map((table) => (
        <ResultTable key={table.name} table={table} isFolded />
      ))}
    </div>
  )
}
