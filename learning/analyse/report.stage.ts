import { anyNumber, stage } from "assay"
import { Schema } from "effect"
import { Figure, Metrics, Report, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Writes figures and verdicts into one folder: `RESULTS.md`, and under `figures/` the SVG files
 * that it shows. `front` comes first, in its order: figures, and Markdown that other stages wrote
 * (`findings`, `claimGrid`, `undecided`). What follows it is an appendix: verdicts are one table,
 * metrics another, with their values at the last step. Each figure has a section, named by its path
 * in the record that is wired and in its order. `introduction` and `notes` (by section) are
 * Markdown. What belongs to a run and not to its artifacts (commit, machine, wall times, store
 * keys) is left out: `RESULTS.md` ends with an empty section "Run", between `<!-- run -->` and
 * `<!-- /run -->`, which `assay export` fills. Throws a StageError `NoSuchSection` where a note
 * names no section.
 */
export const report = stage({
  name: "report",
  inputs: {
    front: anyNumber(Figure, Report),
    figures: anyNumber(Figure),
    verdicts: anyNumber(Verdicts),
    metrics: anyNumber(Metrics),
  },
  parameters: {
    /** The heading of `RESULTS.md`. */
    title: withDefault(Schema.String, "Results"),
    /** Markdown under the heading. */
    introduction: withDefault(Schema.String, ""),
    /** Markdown for sections, by the path of the section's figure. */
    notes: withDefault(Schema.Record(Schema.String, Schema.String), {}),
  },
  outputs: { report: Report },
  renamed: { measures: "metrics" },
  run: () => import("./report.ts"),
})
