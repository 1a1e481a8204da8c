import { anyNumber, stage } from "assay"
import { Schema } from "effect"
import { Figure, Metrics, Report, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Puts figures and verdicts into one folder: `RESULTS.md`, and under `figures/` the SVG files that it shows. Verdicts are one table, and metrics another,
 * with what each has at its last step; figures have sections of their own, called by the paths of what is handed over, in its order. `introduction` and `notes` are Markdown. What belongs to a run and not to its artifacts (commit, machine,
 * wall times, store keys) is no part of it: `RESULTS.md` ends with an empty section "Run", between `<!-- run -->` and `<!-- /run -->`, for whoever ran it to fill.
 */
export const report = stage({
  name: "report",
  inputs: { figures: anyNumber(Figure), verdicts: anyNumber(Verdicts), metrics: anyNumber(Metrics) },
  parameters: {
    title: withDefault(Schema.String, "Results"),
    introduction: withDefault(Schema.String, ""),
    notes: withDefault(Schema.Record(Schema.String, Schema.String), {}),
  },
  outputs: { report: Report },
  renamed: { measures: "metrics" },
  run: () => import("./report.ts"),
})
