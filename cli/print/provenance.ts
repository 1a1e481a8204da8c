import type { Manifest, RunRecord } from "../../runtime/index.ts"
import { duration } from "../../runtime/observe/format.ts"
import type { StageResult } from "../stage-result.ts"
import { pluralize } from "./number.ts"

/**
 * The provenance of a report, as Markdown: the run, its commit and machine, and how long the stages
 * took whose results it was made from. Wall time counts the time in which at least one of them was
 * computing, so not the time between two runs of an interrupted study.
 */
export const formatProvenance = (
  { run, pipeline, commit }: RunRecord,
  { manifest: { key } }: StageResult,
  results: ReadonlyArray<StageResult>,
): string => {
  const manifests = results.map(({ manifest }) => manifest)
  const spans = manifests.map(spanOf)
  const facts = {
    pipeline,
    run,
    commit: commit == null ? "unknown" : `${commit.id}${commit.changed ? ", with changes that are not committed" : ""}`,
    machine: distinct(manifests.map(({ host: { cpu, platform, node } }) => `${cpu}, ${platform}, Node ${node}`)).join("; "),
    computed: `${instant(Math.min(...spans.map(([from]) => from)))} to ${instant(Math.max(...spans.map(([, to]) => to)))}`,
    "wall time": duration(secondsIn(spans)),
    "time of all stages": duration(sum(manifests.map(({ seconds }) => seconds))),
    key,
  }
  const stages = distinct(manifests.map(({ stage }) => stage))
    .map((stage) => ({ stage, times: manifests.filter((manifest) => manifest.stage === stage).map(({ seconds }) => seconds) }))
    .sort((a, b) => sum(b.times) - sum(a.times))
    .map(({ stage, times }) => [stage, times.length, duration(sum(times)), duration(Math.max(...times))])
  return [
    `Made from ${pluralize(results.length, "stored result")}; \`${keysFile}\` has their keys.`,
    table(["", ""], Object.entries(facts)),
    table(["stage", "results", "time", "longest"], stages),
  ].join("\n\n")
}

export const keysFile = "keys.tsv"

/**
 * One line per result: the id and the kind of its stage, its key, the seconds it took, and when it
 * was finished.
 */
export const formatKeys = (results: ReadonlyArray<StageResult>): string =>
  [
    ["id", "stage", "key", "seconds", "computed"],
    ...results.map(({ id, manifest: { stage, key, seconds, created } }) => [id, stage, key, seconds.toFixed(2), created]),
  ]
    .map((cells) => `${cells.join("\t")}\n`)
    .join("")

type Span = readonly [from: number, to: number]

/** In milliseconds since 1970. */
const spanOf = ({ created, seconds }: Manifest): Span => [Date.parse(created) - seconds * 1000, Date.parse(created)]

/** The seconds that lie in at least one of the spans. */
const secondsIn = (spans: ReadonlyArray<Span>): number => {
  let end = Number.NEGATIVE_INFINITY
  let total = 0
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return total / 1000
}

const instant = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`
const distinct = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].sort()
const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
