import { cutEnd, shortenApart } from "../../runtime/observe/apart.ts"
import { duration, progressText, roughly } from "../../runtime/observe/format.ts"
import { onOneLine } from "../../runtime/observe/printable.ts"
import type { ComputingStage, ListedRun } from "../verbs/runs.ts"
import { pluralize } from "./number.ts"

const gap = "  "
const indent = "  "

/** Characters that the name of a pipeline keeps, however narrow the screen is. */
const narrowestName = 8

interface Screen {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly width: number
  /** How many of the lines that a stage printed last are shown. */
  readonly printed: number
}

/**
 * Runs as a table, and under each that is in progress where it runs and what it computes. Of a row,
 * only the name of the pipeline is cut: an id is often copied.
 */
export const formatRuns = (runs: ReadonlyArray<ListedRun>, { now, width, printed }: Screen): string => {
  const rest = [
    column("outcome", runs, ({ outcome }) => outcome),
    column("stages", runs, ({ stages: { cached, finished, total } }) => `${cached + finished}/${total}`),
    column("time", runs, ({ seconds }) => (seconds === null ? "-" : duration(seconds))),
  ]
  const ids = column("run", runs, ({ run }) => onOneLine(run))
  const taken = [ids, ...rest].reduce((sum, cells) => sum + (cells[0]?.length ?? 0) + gap.length, 0)
  const names = runs.map(({ pipeline }) => onOneLine(pipeline ?? "-"))
  const short = shortenApart(names, Math.max(narrowestName, width - taken))
  const columns = [ids, column("pipeline", short, (name) => name), ...rest]
  const line = (row: number): string =>
    columns
      .map((cells) => cells[row])
      .join(gap)
      .trimEnd()
  const rule = columns.map(([head = ""]) => "─".repeat([...head].length)).join(gap)
  const body = runs.flatMap((run, index) => [
    line(index + 1),
    ...detailsOf(run, { now, printed }).map((text) => cutEnd(indent + text, width)),
  ])
  return [line(0), rule, ...body].join("\n")
}

/** A heading and the cells below it, all of one width. */
const column = <A>(heading: string, rows: ReadonlyArray<A>, cell: (row: A) => string): ReadonlyArray<string> => {
  const cells = [heading, ...rows.map(cell)]
  const width = cells.reduce((most, text) => Math.max(most, [...text].length), 0)
  return cells.map((text) => text + " ".repeat(width - [...text].length))
}

const detailsOf = (
  { process, computing, outcome, left, stages: { failed, skipped } }: ListedRun,
  { now, printed }: Omit<Screen, "width">,
): ReadonlyArray<string> => [
  ...(process === null ? [] : [`${outcome === "running" ? "on" : "was on"} ${onOneLine(process.host)}, process ${process.pid}`]),
  ...(failed === 0 ? [] : [`${pluralize(failed, "stage")} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`]),
  ...(left === null || left < 1 ? [] : [`about ${roughly(left)} left`]),
  ...computing.flatMap((stage) => [
    formatStage(stage, now),
    ...(printed === 0 ? [] : stage.printed.slice(-printed)).map((line) => indent + onOneLine(line)),
  ]),
]

const formatStage = ({ id, since, machine, progress }: ComputingStage, now: number): string =>
  [
    `computing ${onOneLine(id)}`,
    ...(machine === null ? [] : [`on ${onOneLine(machine)}`]),
    `for ${duration(Math.max(0, now - Date.parse(since)) / 1000)}`,
    ...(progress === null ? [] : [progressText(progress)]),
  ].join(" · ")
