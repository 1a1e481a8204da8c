import * as fs from "node:fs"
import * as path from "node:path"
import { textOf } from "../../disk/text.ts"
import { digestsIn } from "../format.ts"
import type { Layout } from "../layout.ts"
import type { RunRecord } from "../runs/record.ts"

/** Of each pipeline, the last runs, so many; newest first, as the history is. */
export const recentRuns = (history: Iterable<RunRecord>, runs: number): ReadonlyArray<RunRecord> => {
  const seen = new Map<string, number>()
  const recent: Array<RunRecord> = []
  for (const record of history) {
    const name = JSON.stringify([record.pipeline, record.path])
    const newer = seen.get(name) ?? 0
    if (newer < runs) recent.push(record)
    // An unfinished run has little to keep, and does not count as one of the recent runs.
    if (record.outcome !== "unfinished") seen.set(name, newer + 1)
  }
  return recent
}

const journalEnding = ".ndjson"

/**
 * Removes the journals of runs that keep nothing any more, of killed runs too, and wirings that no
 * run names. What was written since `horizon` stays, and so does what a run of another version may
 * need.
 */
export const tidyRuns = (layout: Layout, recent: ReadonlyArray<RunRecord>, foreign: ReadonlyArray<string>, horizon: number): void => {
  const isOld = (file: string): boolean => (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? horizon) < horizon
  const namesIn = (folder: string): ReadonlyArray<string> => (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
  const kept = new Set(recent.map(({ run }) => run))
  for (const name of namesIn(layout.journals)) {
    if (!name.endsWith(journalEnding)) continue
    const run = name.slice(0, -journalEnding.length)
    const isNeeded = kept.has(run) || foreign.includes(run) || fs.existsSync(layout.running(run))
    if (!isNeeded && isOld(layout.journal(run))) fs.rmSync(layout.journal(run), { force: true })
  }
  const texts = [
    ...namesIn(layout.runs).map((name) => textOf(path.join(layout.runs, name)) ?? ""),
    ...namesIn(layout.journals).map((name) => beginningOf(path.join(layout.journals, name))),
  ]
  const named = new Set(texts.flatMap(digestsIn))
  for (const name of namesIn(layout.wirings)) {
    const file = path.join(layout.wirings, name)
    if (!named.has(name.split(".")[0] ?? "") && isOld(file)) fs.rmSync(file, { force: true })
  }
}

/** As much of a journal as holds its head. */
const beginningOf = (file: string): string => {
  const bytes = Buffer.alloc(2 ** 14)
  try {
    const descriptor = fs.openSync(file, "r")
    try {
      return bytes.toString("utf8", 0, fs.readSync(descriptor, bytes)).split("\n")[0] ?? ""
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return ""
  }
}
