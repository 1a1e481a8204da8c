/** Any metric of any runs, over steps or another metric. */

import { Effect, Schema } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { identifier, literal } from "../../data/sql.ts"
import { Queries, Results } from "../../runtime/index.ts"
import { answering, BadQuestion } from "../answer.ts"
import type { Curve, MetricSource } from "../api.ts"
import { bodyOf } from "../body.ts"
import { pathParameter } from "../parameters.ts"
import { findRun, summarise } from "../runs/find.ts"
import { toldOf } from "../runs/told.ts"
import { pointOf, type RunView, viewOf } from "../runs/view.ts"
import { livePoints } from "./live.ts"
import { type CurveTable, curveTables } from "./sources.ts"
import { kept } from "./thin.ts"

const Request = Schema.Struct({
  series: Schema.Array(Schema.Struct({ run: Schema.String, id: Schema.String })).check(Schema.isMaxLength(500)),
  metric: Schema.String,
  x: Schema.String,
  points: Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 100_000 })),
})

const all = { rows: 1_000_000, cell: 1000, beyond: "cut" } as const

const openedBy = Effect.fnUntraced(function* ({ manifest, output }: CurveTable) {
  const { open } = yield* Results
  const [file] = yield* open(manifest, output)
  return file
})

/** Columns of a summary that say which row it is. */
const labels: ReadonlySet<string> = new Set(["step", "against"])

/** What a table measures. A summary's numbers are named with the opponent that they are about. */
const namesIn = Effect.fnUntraced(function* (table: CurveTable) {
  const { query, describe } = yield* Queries
  const file = yield* openedBy(table)
  if (file === undefined) return []
  if (table.artifact === "metrics") {
    const { rows } = yield* query({ artifact: [file.path] }, "SELECT name FROM artifact GROUP BY name ORDER BY min(step), name", all)
    return rows.map(([name]) => name as string)
  }
  const { columns } = yield* describe(file)
  const { rows } = yield* query({ artifact: [file.path] }, "SELECT DISTINCT against FROM artifact ORDER BY 1", all)
  const measured = columns.filter(({ name, kind }) => kind === "number" && !labels.has(name))
  return rows.flatMap(([against]) => measured.map(({ name }) => `${name} (${against})`))
})

/** Tables of one kind of stage have the same names: one of each is read. */
const sources = Effect.gen(function* () {
  const record = yield* findRun(yield* pathParameter("run"))
  const { alive } = yield* summarise(record)
  const view = yield* viewOf(record)
  const names = new Map<string, ReadonlyArray<string>>()
  const found: Array<MetricSource> = []
  for (const table of curveTables(view)) {
    const kind = `${table.stage} ${table.artifact}`
    if (!names.has(kind)) names.set(kind, yield* namesIn(table))
    found.push({ run: record.run, id: table.id, arm: table.group, at: table.at, names: names.get(kind) ?? [], live: false })
  }
  if (!alive) return found
  const { stages } = yield* toldOf(record.run)
  const done = new Set(record.stages.flatMap(({ id, key }) => (key === null ? [] : [id])))
  const learning = [...view.wired.values()].filter(({ id, outputs }) => !done.has(id) && Object.values(outputs).includes("metrics"))
  return [
    ...found,
    ...learning.map(
      ({ id, group, at }): MetricSource => ({
        run: record.run,
        id,
        arm: group,
        at: pointOf({ at }),
        names: [...(stages.get(id)?.metrics ?? [])],
        live: true,
      }),
    ),
  ]
})

/** `win_rate (sft)` → the column and the opponent. */
const ofSummary = (name: string): readonly [column: string, against: string] | null => {
  const [, column, against] = /^(\w+) \((.*)\)$/.exec(name) ?? []
  return column === undefined || against === undefined ? null : [column, against]
}

const selectOf = ({ artifact }: CurveTable, metric: string, x: string): string | null => {
  if (artifact === "metrics")
    return x === "step"
      ? `SELECT step, value FROM artifact WHERE name = ${literal(metric)} ORDER BY step`
      : `SELECT xs.value, ys.value FROM artifact AS ys JOIN artifact AS xs USING (step) WHERE ys.name = ${literal(metric)} AND xs.name = ${literal(x)} ORDER BY step`
  const named = ofSummary(metric)
  if (named === null) return null
  const [column, against] = named
  const other = x === "step" ? (["step", against] as const) : ofSummary(x)
  if (other === null || other[1] !== against) return null
  return `SELECT ${identifier(other[0])}, ${identifier(column)} FROM artifact WHERE against = ${literal(against)} ORDER BY step`
}

const curves = Effect.gen(function* () {
  const { series, metric, x, points } = yield* bodyOf(Request)
  const { query } = yield* Queries
  const views = new Map<string, RunView>()
  for (const run of new Set(series.map((each) => each.run))) views.set(run, yield* viewOf(yield* findRun(run)))
  const drawn: Array<Curve> = []
  const draw = (place: Pick<Curve, "run" | "id" | "arm" | "at">, numbers: ReadonlyArray<readonly [number, number]>): void => {
    if (numbers.length === 0) return
    const indices = kept(
      numbers.map(([, y]) => y),
      points,
    )
    const chosen = indices.map((index) => numbers[index] as [number, number])
    drawn.push({ ...place, x: chosen.map(([value]) => value), y: chosen.map(([, value]) => value) })
  }
  for (const { run, id } of series) {
    const view = views.get(run) as RunView
    const own = curveTables(view, id)
    if (own.length === 0) {
      // Not stored yet, or never: what it reported before it stopped.
      const wired = view.wired.get(id)
      if (wired === undefined || !Object.values(wired.outputs).includes("metrics"))
        return yield* new BadQuestion({ message: `stage "${id}" of run ${run} has no metrics` })
      draw({ run, id, arm: wired.group, at: pointOf(wired) }, yield* livePoints(run, id, metric, x))
    }
    for (const table of own) {
      const select = selectOf(table, metric, x)
      const file = select === null ? undefined : yield* openedBy(table)
      if (select === null || file === undefined) continue
      const { rows } = yield* query({ artifact: [file.path] }, select, all)
      const numbers = rows.filter((row): row is [number, number] => typeof row[0] === "number" && typeof row[1] === "number")
      draw({ run, id, arm: table.group, at: table.at }, numbers)
    }
  }
  return drawn
})

export const curveRoutes = HttpRouter.addAll([
  HttpRouter.route("GET", "/api/runs/:run/metrics", answering(sources)),
  HttpRouter.route("POST", "/api/curves", answering(curves)),
])
