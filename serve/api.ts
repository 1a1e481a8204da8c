/**
 * What the browser asks of the server and what it gets, as types: all that `ui/` knows of the rest.
 * Paths are below `/api`; every answer is JSON but downloads and event streams. Times are in
 * seconds, moments in ISO 8601.
 */

import type { Bin, Cell, ColumnKind, GridColumn, Histogram, Page, PageRow, Sort } from "../data/grid/api.ts"

export type { Bin, Cell, ColumnKind, GridColumn, Histogram, Page, PageRow, Sort }

/** A value of a cell, a parameter, a component of a fingerprint. */
export type Value = string | number | boolean | null | ReadonlyArray<Value> | { readonly [name: string]: Value }

/** What every error is answered with, beside its status. */
export interface ApiError {
  /** The tag of the error, such as "ObjectDamaged". */
  readonly error: string
  /** What was expected, what was found, what to do. */
  readonly message: string
}

export type Outcome = "cached" | "finished" | "failed" | "skipped" | "interrupted" | "unfinished"

/** `GET /runs`: newest first. */
export interface RunSummary {
  readonly run: string
  readonly pipeline: string
  /** The pipeline file, from the project's folder where it lies in it. */
  readonly file: string
  readonly commit: { readonly id: string; readonly changed: boolean } | null
  readonly created: string
  readonly seconds: number
  readonly outcome: "done" | "failed" | "interrupted" | "unfinished"
  /** Whether the run goes on; an unfinished one that does not was killed. */
  readonly alive: boolean
  readonly counts: Readonly<Record<Outcome, number>>
  /** The stage that took longest, of those that were computed. */
  readonly slowest: { readonly id: string; readonly seconds: number } | null
  readonly failed: ReadonlyArray<string>
  /** Of a registered pipeline: in what the run is not what was registered. */
  readonly registration: { readonly hash: string; readonly registered: string; readonly differences: ReadonlyArray<string> } | null
}

/** `GET /runs/:run` */
export interface RunDetails extends RunSummary {
  /** Producers before consumers. */
  readonly stages: ReadonlyArray<RunStage>
}

export interface RunStage {
  readonly id: string
  /** The name of the stage's declaration. */
  readonly stage: string
  readonly outcome: Outcome
  readonly key: string | null
  /** What it took; of a cached stage, what it took when it was computed. Null where unknown. */
  readonly seconds: number | null
  /** Names the stages that are the same at other points of the sweeps around them. */
  readonly group: string
  /** The point that tells it from the others of its group: axis → value. */
  readonly at: Readonly<Record<string, string>>
  /** Null where the run's record does not say. */
  readonly inputs: ReadonlyArray<StageInput> | null
  /** Empty until it is finished. */
  readonly outputs: ReadonlyArray<StageOutput>
  /**
   * When it began to be computed in this run, in seconds since the run began; null if it was not,
   * or nothing tells.
   */
  readonly started: number | null
  /** What it failed with; null if it did not, or nothing tells. */
  readonly message: string | null
  /** Why it was computed, in a few words; null if it was cached, or nothing is known. */
  readonly because: string | null
}

export interface StageInput {
  readonly port: string
  /** The stage and the output that it is, or a file from outside. */
  readonly from: { readonly id: string; readonly output: string } | { readonly file: string }
}

export interface StageOutput {
  readonly name: string
  /** The name of its artifact type: "responses", "policy". */
  readonly artifact: string
  readonly kind: "table" | "files"
  readonly digest: string
  readonly rows: number | null
  readonly bytes: number
  readonly files: ReadonlyArray<{ readonly name: string; readonly bytes: number }>
}

/** `GET /runs/:run/stages/:id` */
export interface StageDetails extends RunStage {
  readonly parameters: Value
  /** The parts of its fingerprint, each with what it was in the result that it is compared with. */
  readonly fingerprint: ReadonlyArray<FingerprintPart>
  /** The earlier run that it is compared with: the last one in which it had another key. */
  readonly comparedWith: { readonly run: string; readonly created: string } | null
  /** What it was computed for, most telling first. Empty if nothing is known. */
  readonly changes: ReadonlyArray<Change>
  /** The stages that made its inputs, by port. */
  readonly makers: ReadonlyArray<{ readonly port: string; readonly id: string | null; readonly artifact: string; readonly digest: string }>
  /** The stages that its outputs went to. */
  readonly users: ReadonlyArray<string>
  /** What of its result is damaged; null if it is whole, or has gone. */
  readonly damage: string | null
  /** What it printed, as far as it was kept; of one that is being computed, so far. */
  readonly log: ReadonlyArray<string>
  /** The place in the run's journal up to which `log` goes: later lines have a greater `seq`. */
  readonly seq: number
  /** Steps of the checkpoints that it stored. */
  readonly checkpoints: ReadonlyArray<number>
  readonly computed: {
    readonly created: string
    readonly host: string
    readonly node: string
    readonly cpu: string
    readonly threads: number | null
  } | null
  readonly failure: {
    readonly tag: string
    readonly message: string
    readonly details: Readonly<Record<string, string | number>>
    readonly stack: string
  } | null
  /** Shell commands that compute it again, in order. */
  readonly reproduce: ReadonlyArray<string>
}

export interface FingerprintPart {
  /** "parameters.beta", "code", "inputs.preferences". */
  readonly component: string
  readonly value: Value
  readonly before: Value
  readonly changed: boolean
}

/** Something that is not what it was. */
export interface Change {
  readonly component: string
  readonly before: Value
  readonly after: Value
  /** Of code: the files that changed. */
  readonly files: ReadonlyArray<string>
  /** Of an input: the stages that made it otherwise. */
  readonly from: ReadonlyArray<string>
}

/** `GET /diff?before=<run>&after=<run>` */
export interface Difference {
  readonly before: RunSummary
  readonly after: RunSummary
  readonly same: number
  readonly different: ReadonlyArray<{
    readonly id: string
    readonly stage: string
    /** What was given to it otherwise. */
    readonly own: ReadonlyArray<Change>
    /** What came to it from stages that differ. */
    readonly through: ReadonlyArray<{ readonly component: string; readonly from: ReadonlyArray<string> }>
  }>
  readonly onlyBefore: ReadonlyArray<string>
  readonly onlyAfter: ReadonlyArray<string>
  readonly unproven: ReadonlyArray<{ readonly id: string; readonly reason: string }>
}

/** A stored table: the key of the result, and the name of its output. */
export interface TableRef {
  readonly key: string
  readonly output: string
}

/** `GET /results/:key/:output` */
export interface TableDetails extends StageOutput {
  readonly key: string
  /** The name of the stage's declaration. */
  readonly stage: string
  /** Empty where it holds files. */
  readonly columns: ReadonlyArray<GridColumn>
}

/** Which rows of a table, and in which order. */
export interface RowsWanted {
  /** What a person types: `tie = true and score_chosen > 0.5`. */
  readonly filter?: string
  /** A text that some text column contains. */
  readonly search?: string
  readonly sort?: ReadonlyArray<Sort>
}

/** `POST /results/:key/:output/rows`, answered with a `Page`. */
export interface RowsRequest extends RowsWanted {
  readonly offset: number
  /** 10,000 at most. */
  readonly limit: number
  /** Characters of a text, items of a list, that are wanted of a cell. */
  readonly cell?: number
}

/** `POST /results/:key/:output/histogram`, answered with a `Histogram`. */
export interface HistogramWanted extends RowsWanted {
  readonly column: string
}

/*
 * Files: `GET /results/:key/:output/files/:name`, and the rows of a table as
 * `GET /results/:key/:output/download?format=parquet|csv|jsonl&filter=&search=&sort=<JSON>`.
 */

/** `POST /query` */
export interface QueryRequest {
  readonly tables: ReadonlyArray<TableRef & { readonly name: string }>
  readonly sql: string
  readonly limit: number
}

export interface QueryAnswer {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly rows: ReadonlyArray<ReadonlyArray<Value>>
  /** Null where there are too many to count. */
  readonly total: number | null
  readonly seconds: number
}

/** `GET /runs/:run/generations`: where a run has texts. */
export interface GenerationSource extends TableRef {
  /** The stage that made it. */
  readonly id: string
  readonly at: Readonly<Record<string, string>>
  readonly artifact: "responses" | "evaluation" | "preferences" | "judgements"
  readonly rows: number
}

/** `GET /results/:key/:output/response-sets`: which response sets a table has. */
export interface ResponseSets {
  /** Steps that the table has rows of, in order; empty where rows have none. */
  readonly steps: ReadonlyArray<number>
  /** Names of opponents, of an evaluation. */
  readonly against: ReadonlyArray<string>
}

/** Responses that are shown together, in a column: of a table, at a step, against an opponent. */
export interface ResponseSet extends TableRef {
  /** Absent: the last. */
  readonly step?: number
  readonly against?: string
}

/** By what prompts are ordered: of the first response set, unless it says otherwise. */
export type GenerationOrder =
  | "prompt"
  /** Score or win probability of the last response set less that of the first. */
  | "gain"
  /** Gold's win probability against the proxy's. */
  | "disagreement"
  | "longest"
  | "shortest"
  | "log-ratio"

/** `POST /generations` */
export interface GenerationsRequest {
  /** The run that is looked at: its policies have the tokenizers. */
  readonly run: string
  readonly responseSets: ReadonlyArray<ResponseSet>
  readonly order: GenerationOrder
  /** Which response set the order is of, from 0; absent: the last. */
  readonly of?: number
  readonly search?: string
  /** One prompt alone. */
  readonly prompt?: string
  readonly offset: number
  readonly limit: number
}

export interface GenerationsPage {
  /** Prompts that all response sets have answered. */
  readonly total: number
  readonly prompts: ReadonlyArray<{
    readonly prompt: string
    readonly promptId: number | null
    /** By response set, in the order asked for; several where it answered several times. */
    readonly answers: ReadonlyArray<ReadonlyArray<Answer>>
  }>
}

export interface Answer {
  /** Place in the stored table, from 0. */
  readonly row: number
  readonly response: string
  /** Its tokens as text, each with log π/π_ref in nats where it is stored. */
  readonly tokens: ReadonlyArray<{ readonly text: string; readonly logRatio: number | null }> | null
  /** Of a pair, which of the two it is. */
  readonly role: "chosen" | "rejected" | null
  /** Score by the judge of the table, gold in an evaluation. */
  readonly score: number | null
  /**
   * Probability of beating the opponent, of a pair the other response: by gold or the judge that
   * labelled the pair, and by the proxy.
   */
  readonly outcome: number | null
  readonly proxyOutcome: number | null
  /** Nats. */
  readonly kl: number | null
  readonly length: number | null
  readonly finishReason: string | null
}

/** `GET /runs/:run/metrics`: what can be drawn as a curve. */
export interface MetricSource {
  readonly run: string
  readonly id: string
  /** The id without its axes: what curves of one arm have in common. */
  readonly arm: string
  readonly at: Readonly<Record<string, string>>
  /** Of one that is being written, those that have been measured so far. */
  readonly names: ReadonlyArray<string>
  /** Being written at the moment. */
  readonly live: boolean
}

/** `POST /curves` */
export interface CurvesRequest {
  readonly series: ReadonlyArray<{ readonly run: string; readonly id: string }>
  readonly metric: string
  /** Another metric, or "step". */
  readonly x: string
  /** Points of each curve at most; fewer are kept so that extremes stay. */
  readonly points: number
}

export interface Curve {
  readonly run: string
  readonly id: string
  readonly arm: string
  readonly at: Readonly<Record<string, string>>
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
}

/** `GET /runs/:run/frontiers` */
export interface Frontier {
  /** The stage that drew it. */
  readonly id: string
  readonly title: string
  readonly table: TableRef
  readonly marks: ReadonlyArray<Mark>
  /** The best that any policy can do, where it was measured. */
  readonly oracle: ReadonlyArray<{ readonly against: string; readonly kl: number; readonly winRate: number }>
}

export interface Mark {
  /** Its row in the table of points. */
  readonly row: number
  readonly arm: string
  readonly against: string
  readonly beta: number | null
  readonly world: string | null
  /** Null of all seeds together. */
  readonly seed: number | null
  readonly step: number
  readonly kl: number
  readonly klLow: number
  readonly klHigh: number
  readonly winRate: number
  readonly winLow: number
  readonly winHigh: number
  readonly reward: number | null
  readonly efficiency: number | null
  /** The evaluations that it is the mean of. */
  readonly evaluations: ReadonlyArray<TableRef & { readonly id: string; readonly run: string | null }>
}

/** `GET /runs/:run/lineage?key=&output=`, and `&row=` of one row. */
export interface Lineage {
  readonly artifact: string
  readonly ancestors: ReadonlyArray<Ancestor>
  readonly row: RowOrigin | null
}

/** An artifact that something was made of. */
export interface Ancestor {
  readonly digest: string
  readonly artifact: string
  /** Null of a file from outside. */
  readonly id: string | null
  /** What a pipeline calls a file from outside: "assay:data/corpora/tldr/prompts.parquet". */
  readonly file: string | null
  readonly stage: string | null
  readonly key: string | null
  readonly output: string | null
  /** How many stages lie between. */
  readonly distance: number
  /** The digests of the ancestors that its stage took, by port; empty of a file from outside. */
  readonly inputs: ReadonlyArray<{ readonly port: string; readonly digest: string }>
}

/** A row, and the rows that it was made of. */
export interface RowOrigin {
  /** What it is to the row that was traced to it: "chosen", "prompt"; "row" for the first. */
  readonly as: string
  readonly artifact: string
  readonly id: string | null
  /** What a pipeline calls a file from outside. */
  readonly file: string | null
  readonly key: string | null
  readonly output: string | null
  readonly row: number
  readonly cells: Readonly<Record<string, Value>>
  readonly policy: Ancestor | null
  readonly judge: Ancestor | null
  readonly seed: number | null
  readonly sources: ReadonlyArray<RowOrigin>
}

/**
 * `GET /live` (server-sent events): runs that began, changed or ended since. The first message has
 * the runs that go on, and those that ended in the last minute: a list that was asked for just
 * before misses nothing.
 */
export interface RunsChanged {
  readonly runs: ReadonlyArray<RunSummary>
}

/**
 * `GET /runs/:run/live` (server-sent events): what happened since the run began, then as it
 * happens. Each message has an id. A client that lost the connection gives the last one that it
 * got, as the header `Last-Event-ID` or as `?after=`, and gets the metrics and lines that came
 * after it, each once; the state is that of the whole run in any case. `?after=` with the `seq` of
 * a stage's details goes on where its log ends.
 */
export type RunChange =
  /** Where the run stands, whole: a few times a second while it changes. */
  | { readonly type: "state"; readonly state: LiveRun }
  /** What a stage measured at a step. */
  | { readonly type: "metrics"; readonly id: string; readonly step: number; readonly values: Readonly<Record<string, number>> }
  /** A line that a stage printed. */
  | { readonly type: "line"; readonly id: string; readonly text: string; readonly seq: number }
  /** Nothing will follow. */
  | { readonly type: "end"; readonly outcome: RunSummary["outcome"] }

export interface LiveRun {
  readonly seconds: number
  readonly total: number
  readonly done: number
  readonly failed: number
  /** Seconds that are left, about; null where nothing tells. */
  readonly left: number | null
  readonly running: ReadonlyArray<LiveStage>
}

export interface LiveStage {
  readonly id: string
  readonly stage: string
  /** Since when it has been computed. */
  readonly seconds: number
  readonly step: number | null
  readonly steps: number | null
  readonly left: number | null
  readonly values: Readonly<Record<string, number>>
  /** The last lines that it printed. */
  readonly log: ReadonlyArray<string>
}

/** `GET /project`: what the page shows of where it looks. */
export interface Project {
  readonly store: string
  readonly folder: string
  readonly version: string
}
