import type { Manifest, RunRecord } from "../../runtime/index.ts"
import type { Made } from "../made.ts"
import { counted, duration } from "./number.ts"

/**
 * What a report rests on, as Markdown: the run, its commit and machine, how long its results took, whenever they were computed, and by which keys the store has
 * them. Wall time is that in which at least one of them was being computed: it does not count what lay between two runs of a study that was stopped.
 */
export const provenanceText = ({ run, pipeline, commit }: RunRecord, { manifest: { key } }: Made, kept: ReadonlyArray<Made>): string => {
  const manifests = kept.map(({ manifest }) => manifest)
  const spans = manifests.map(spanOf)
  const facts = {
    pipeline,
    run,
    commit: commit == null ? "unknown" : `${commit.id}${commit.changed ? ", with changes that are not committed" : ""}`,
    machine: distinct(manifests.map(({ host: { cpu, platform, node } }) => `${cpu}, ${platform}, Node ${node}`)).join("; "),
    computed: `${instant(Math.min(...spans.map(([from]) => from)))} to ${instant(Math.max(...spans.map(([, to]) => to)))}`,
    "wall time": duration(covered(spans)),
    "time of all stages": duration(sum(manifests.map(({ seconds }) => seconds))),
    key,
  }
  const stages = distinct(manifests.map(({ stage }) => stage))
    .map((stage) => ({ stage, taken: manifests.filter((each) => each.stage === stage).map(({ seconds }) => seconds) }))
    .sort((a, b) => sum(b.taken) - sum(a.taken))
    .map(({ stage, taken }) => [stage, taken.length, duration(sum(taken)), duration(Math.max(...taken))])
  return [
    `Made from ${counted(kept.length, "stored result")}; \`${keysFile}\` has their keys.`,
    table(["", ""], Object.entries(facts)),
    table(["stage", "results", "time", "longest"], stages),
  ].join("\n\n")
}

export const keysFile = "keys.tsv"

/** A line for each result: the id and the kind of its stage, its key, how long it took (s) and when it was done. */
export const keysText = (kept: ReadonlyArray<Made>): string =>
  [
    ["id", "stage", "key", "seconds", "computed"],
    ...kept.map(({ id, manifest: { stage, key, seconds, created } }) => [id, stage, key, seconds.toFixed(2), created]),
  ]
    .map((cells) => `${cells.join("\t")}\n`)
    .join("")

type Span = readonly [from: number, to: number]

/** In milliseconds since 1970. */
const spanOf = ({ created, seconds }: Manifest): Span => [Date.parse(created) - seconds * 1000, Date.parse(created)]

/** Seconds that lie in any of the spans. */
const covered = (spans: ReadonlyArray<Span>): number => {
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
