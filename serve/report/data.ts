/** What a report of a run is made of: what the command writes into it and its page reads. */

import type { Frontier, GenerationSource, GenerationsPage, RunSummary, TableRef, Value } from "../api.ts"

export interface ReportData {
  readonly title: string
  /** What the run is to answer, as text; empty where the pipeline does not say. */
  readonly question: string
  /** Of Assay. */
  readonly version: string
  readonly run: RunSummary
  /** Markdown that a stage of the run wrote; null where none did. */
  readonly text: string | null
  /** Figures that the text shows, by the name that it has for them. */
  readonly shown: Readonly<Record<string, ReportFigure>>
  /** The other figures of the run. */
  readonly figures: ReadonlyArray<ReportFigure>
  /** Tables that the pipeline returned and that are small enough to be read. */
  readonly tables: ReadonlyArray<ReportTable>
  /** What policies wrote; null of a run without texts. */
  readonly generations: ReportGenerations | null
  readonly provenance: Provenance
}

export interface ReportFigure {
  /** The stage that drew it. */
  readonly id: string
  /** What became of the claims about it; null where it says so itself, or none were made. */
  readonly headline: string | null
  /** An SVG document. */
  readonly drawing: string
  /** What it shows, of a frontier. */
  readonly frontier: Frontier | null
  /** The tables that its stage made with it. */
  readonly tables: ReadonlyArray<ReportTable>
}

export interface ReportTable {
  readonly name: string
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Value>>
  /** How many rows the table has. */
  readonly total: number
}

export interface ReportGenerations {
  /** The columns: responses of which stage, at which step, against which opponent. */
  readonly sets: ReadonlyArray<{ readonly label: string; readonly table: TableRef; readonly artifact: GenerationSource["artifact"] }>
  readonly samples: ReadonlyArray<{
    /** How these prompts were chosen. */
    readonly name: string
    readonly page: GenerationsPage
  }>
}

/** How a run was computed. */
export interface Provenance {
  /** Machines and versions, as text. */
  readonly machines: ReadonlyArray<string>
  /** Seconds that the stages took, those of earlier runs included. */
  readonly seconds: number
  readonly kinds: ReadonlyArray<{ readonly stage: string; readonly results: number; readonly seconds: number; readonly longest: number }>
  readonly results: ReadonlyArray<{
    readonly id: string
    readonly stage: string
    readonly key: string
    readonly seconds: number
    readonly created: string
  }>
}
