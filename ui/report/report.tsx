/** A report of a run: what was asked, what came out, and how it was computed. */

import type { ReportData } from "../../serve/report/data.ts"
import { ForeignText } from "../elements/foreign-text.tsx"
import { formatDuration, plural } from "../text/format.ts"
import { FigureView } from "./figure-view.tsx"
import { Generations } from "./generations.tsx"
import { Prose } from "./prose.tsx"
import { ProvenanceView } from "./provenance-view.tsx"
import { ResultTable } from "./result-table.tsx"

export const Report = ({ data }: { readonly data: ReportData }) => {
  const { title, question, run, text, shown, figures, tables, generations, provenance, version } = data
  const { cached, finished, failed } = run.counts
  return (
    <main className="report">
      <header className="report-head">
        <h1>
          <ForeignText text={title} />
        </h1>
        {question === "" ? null : <Prose text={question} figures={{}} />}
        <p className="soft">
          Run <code>{run.run}</code> of <ForeignText text={run.pipeline} />, {run.outcome}: {plural(finished, "stage")} computed in{" "}
          {formatDuration(run.seconds)}, {cached} cached{failed > 0 ? `, ${failed} failed` : ""}.
          {run.commit === null ? null : (
            <>
              {" "}
              Commit <code>{run.commit.id.slice(0, 12)}</code>
              {run.commit.changed ? ", with changes that are not committed" : ""}.
            </>
          )}
        </p>
      </header>
      {text === null ? null : <Prose text={text} figures={shown} />}
      {text !== null || tables.length === 0 ? null : (
        <section>
          <h2>Results</h2>
          {tables.map((table) => (
            <ResultTable key={table.name} table={table} />
          ))}
        </section>
      )}
      {figures.length === 0 ? null : (
        <section>
          <h2>{text === null ? "Figures" : "Further figures"}</h2>
          {figures.map((figure, index) => (
            <FigureView key={`${figure.id} ${index}`} figure={figure} />
          ))}
        </section>
      )}
      {text === null || tables.length === 0 ? null : (
        <section className="report-appendix">
          <h2>Verdicts, to copy</h2>
          {tables.map((table) => (
            <ResultTable key={table.name} table={table} isFolded />
          ))}
        </section>
      )}
      {generations === null ? null : <Generations generations={generations} />}
      <ProvenanceView run={run} provenance={provenance} version={version} />
    </main>
  )
}
