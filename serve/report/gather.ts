/** Gathers what a report shows of a run. */

import * as fs from "node:fs"
import { Effect } from "effect"
import type { RunRecord } from "../../runtime/index.ts"
import { openRunTable, Queries, Results, runTables } from "../../runtime/index.ts"
import { frontiersOf } from "../frontier/frontiers.ts"
import { summarise } from "../runs/find.ts"
import { type RunView, viewOf } from "../runs/view.ts"
import type { ReportData, ReportFigure, ReportTable } from "./data.ts"
import { sampleGenerations } from "./generations.ts"
import { headlineOf } from "./headline.ts"
import { provenanceOf } from "./provenance.ts"

/** A table that a report shows or gives to copy has no more rows. */
const mostRows = { shown: 60, copied: 5000 } as const

/** Gathers the report of a run; `version` is that of Assay. Fails as reading of results does. */
export const gatherReport = Effect.fn("gatherReport")(function* (record: RunRecord, version: string) {
  const view = yield* viewOf(record)
  const figures = yield* figuresOf(view)
  const written = yield* writtenReport(view)
  const text = written?.text ?? null
  const byDrawing = new Map(figures.map((figure) => [figure.drawing, figure]))
  const shown = Object.fromEntries(
    [...(written?.drawings ?? [])].map(([name, drawing]): [string, ReportFigure] => [
      name,
      byDrawing.get(drawing) ?? { id: name, headline: null, drawing, frontier: null, tables: [] },
    ]),
  )
  const isShown = new Set(Object.values(shown).map(({ drawing }) => drawing))
  const { title, question } = headOf(view, text)
  const data: ReportData = {
    title,
    question,
    version,
    run: yield* summarise(record),
    text: text === null ? null : withoutHead(text),
    shown,
    figures: figures.filter(({ drawing }) => !isShown.has(drawing)),
    tables: yield* resultTables(view),
    generations: yield* sampleGenerations(view),
    provenance: provenanceOf(view),
  }
  return data
})

/** The figures of a run, in its order, with the tables that their stages made. */
const figuresOf = Effect.fnUntraced(function* (view: RunView) {
  const { open } = yield* Results
  const frontiers = new Map((yield* frontiersOf(view)).map((frontier) => [frontier.id, frontier]))
  const tables = yield* runTables(view.record)
  const found: Array<ReportFigure> = []
  for (const { id } of view.record.stages) {
    const manifest = view.manifests.get(id)
    if (manifest === undefined) continue
    for (const [output, { artifact, kind }] of Object.entries(manifest.outputs)) {
      if (artifact !== "figure" || kind !== "files") continue
      const own = tables.filter(({ parts }) => parts.some((part) => part.id === id))
      for (const file of yield* open(manifest, output)) {
        if (!file.name.endsWith(".svg")) continue
        found.push({
          id,
          headline: yield* headlineOf(view, id),
          drawing: yield* readText(file.path),
          frontier: frontiers.get(id) ?? null,
          tables: yield* Effect.forEach(own, (table) =>
            tableOf(table.output, { ...table, parts: table.parts.filter((part) => part.id === id) }, mostRows.copied),
          ),
        })
      }
    }
  }
  return found
})

/** The report that a stage wrote, the last of several: its Markdown, and the figures beside it. */
const writtenReport = Effect.fnUntraced(function* (view: RunView) {
  const { open } = yield* Results
  const last = view.record.stages.findLast(({ id, stage }) => stage === "report" && view.manifests.has(id))
  const manifest = last === undefined ? undefined : view.manifests.get(last.id)
  if (manifest === undefined) return null
  const files = yield* open(manifest, "report")
  const page = files.find(({ name }) => name.endsWith(".md"))
  if (page === undefined) return null
  const drawings = new Map<string, string>()
  for (const file of files) if (file.name.endsWith(".svg")) drawings.set(file.name, yield* readText(file.path))
  return { text: yield* readText(page.path), drawings }
})

const readText = (path: string) => Effect.promise(() => fs.promises.readFile(path, "utf8"))

/** Title and question of the written report, else of the pipeline's first comment. */
const headOf = ({ record }: RunView, text: string | null): Pick<ReportData, "title" | "question"> => {
  if (text !== null) {
    const [, title = record.pipeline, rest = ""] = /^# (.*)\n([\s\S]*)$/.exec(text) ?? []
    return { title, question: rest.split(/^## /m)[0]?.trim() ?? "" }
  }
  const source = fs.existsSync(record.path) ? fs.readFileSync(record.path, "utf8") : ""
  const [, comment = ""] = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source) ?? []
  return { title: record.pipeline, question: comment.replaceAll(/^\s*\* ?/gm, "").trim() }
}

/** What follows the head of a written report, without the section that export fills in. */
const withoutHead = (text: string): string => {
  const start = text.search(/^## /m)
  return (start < 0 ? "" : text.slice(start)).replace(/## Run\s*<!-- run -->[\s\S]*?<!-- \/run -->\s*/, "")
}

/** What came out: verdicts, or else the last checkpoints of what was evaluated. */
const resultTables = Effect.fnUntraced(function* ({ record }: RunView) {
  const tables = yield* runTables(record)
  const verdicts = tables.filter(({ artifact }) => artifact === "verdicts")
  if (verdicts.length > 0) return yield* Effect.forEach(verdicts, (table) => tableOf(table.name, table, mostRows.shown))
  const summaries = tables.filter(({ artifact }) => artifact === "summary")
  const last = "SELECT * FROM artifact WHERE step = (SELECT max(step) FROM artifact)"
  return yield* Effect.forEach(summaries, (table) => tableOf(`${table.name}, last checkpoint`, table, mostRows.shown, last))
})

const tableOf = Effect.fnUntraced(function* (
  name: string,
  table: Parameters<typeof openRunTable>[0],
  most: number,
  sql = "SELECT * FROM artifact",
) {
  const { query } = yield* Queries
  const views = { artifact: yield* openRunTable(table) }
  const { columns, rows, total } = yield* query(views, sql, { rows: most, cell: 1000, beyond: "cut" })
  const filled = columns.flatMap((column, index) => (rows.some((row) => row[index] !== null) ? [{ name: column.name, index }] : []))
  const shown: ReportTable = {
    name,
    columns: filled.map((column) => column.name),
    rows: rows.map((row) => filled.map(({ index }) => row[index] ?? null)),
    total: total ?? rows.length,
  }
  return shown
})
