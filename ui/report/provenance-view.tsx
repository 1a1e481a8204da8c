/** How a run was computed: when and on what, where its time went, and the keys of its results. */

import type { RunSummary } from "../../serve/api.ts"
import type { Provenance } from "../../serve/report/data.ts"
import { Fact, Facts } from "../elements/facts.tsx"
import { ForeignText } from "../elements/foreign-text.tsx"
import { formatDuration, plural } from "../text/format.ts"
import { ResultTable } from "./result-table.tsx"

interface Props {
  readonly run: RunSummary
  readonly provenance: Provenance
  readonly version: string
}

export const ProvenanceView = ({ run, provenance: { machines, seconds, kinds, results }, version }: Props) => (
  <section className="report-provenance">
    <h2>How it was computed</h2>
    <Facts>
      <Fact name="run">{run.run}</Fact>
      <Fact name="pipeline">
        <ForeignText text={`${run.pipeline}, ${run.file}`} />
      </Fact>
      <Fact name="commit">
        {run.commit === null ? "unknown" : `${run.commit.id}${run.commit.changed ? ", with changes that are not committed" : ""}`}
      </Fact>
      <Fact name="began">{run.created}</Fact>
      <Fact name="machine">
        <ForeignText text={machines.join("; ")} />
      </Fact>
      <Fact name="time of all stages">{`${formatDuration(seconds)}, in ${plural(results.length, "result")}`}</Fact>
      {run.registration === null ? null : (
        <Fact name="registered">
          {`${run.registration.registered}, hash ${run.registration.hash}; `}
          {run.registration.differences.length === 0 ? "the run is what was registered" : run.registration.differences.join("; ")}
        </Fact>
      )}
      <Fact name="Assay">{version}</Fact>
    </Facts>
    <ResultTable
      table={{
        name: "time by kind of stage",
        columns: ["stage", "results", "time", "longest"],
        rows: kinds.map((kind) => [kind.stage, kind.results, formatDuration(kind.seconds), formatDuration(kind.longest)]),
        total: kinds.length,
      }}
    />
    <ResultTable
      isFolded
      table={{
        name: "results and their keys",
        columns: ["id", "stage", "seconds", "computed", "key"],
        rows: results.map((result) => [result.id, result.stage, result.seconds, result.created, result.key]),
        total: results.length,
      }}
    />
  </section>
)
