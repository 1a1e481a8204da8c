import * as fs from "node:fs"
import * as path from "node:path"
import { makeFolder } from "../../disk/folder.ts"
import { textOf } from "../../disk/text.ts"
import { answersIn, unusedAnswers } from "../answers/upkeep.ts"
import { tidyCode } from "../code/record.ts"
import { digestsIn, resultFormat } from "../format.ts"
import { keyOf, type Layout } from "../layout.ts"
import type { RemarksShape } from "../remarks.ts"
import { unseal } from "../results/seal.ts"
import { filesOf, quarantine } from "../results/verify.ts"
import { foreignRuns, isForeignRecord } from "../runs/read.ts"
import type { RunRecord } from "../runs/record.ts"
import { storeClock } from "../workspace/clock.ts"
import { temporaryPath } from "../workspace/owned-path.ts"
import { claimTemporary } from "../workspace/owner.ts"
import { usedSince } from "../workspace/presence.ts"
import { recentRuns, tidyRuns } from "./keep-runs.ts"
import { pinnedDigests } from "./pin.ts"
import { type Collectable, select } from "./select.ts"
import { submittedDigests } from "./submitted.ts"

export interface CollectOptions {
  /** Of each pipeline, so many of its last runs keep what they made. */
  readonly runs: number
  /**
   * Unreferenced results stay, the newest first, while all results together take no more bytes than
   * this.
   */
  readonly size: number
  /** Only says what would go. */
  readonly dry: boolean
}

export interface Collected {
  /** Results that went (or would), oldest first. */
  readonly results: ReadonlyArray<{ readonly key: string; readonly stage: string; readonly bytes: number }>
  readonly objects: number
  /** Freed, in bytes. */
  readonly bytes: number
  /** What stays, in bytes. */
  readonly kept: number
  /**
   * Bytes of answers to rows and requests that went: those that no result used which stays, and no
   * run of the last thirty days.
   */
  readonly answers: number
  /** Results that stay because a run or a pin keeps them. */
  readonly rooted: number
  /** Where machines share the store: what went from the folder in front of it. */
  readonly cache?: { readonly folder: string; readonly objects: number; readonly bytes: number }
}

interface Result extends Collectable {
  readonly file: string
}

/**
 * Removes results that neither a recent run nor a pin keeps, and objects that no result names. Safe
 * beside runs: what was written or looked at since the oldest of them began stays. Each file is
 * moved aside before it goes, so that a run which used it at that very moment gets it back. What
 * another version wrote in a format that this one does not know stays, with all that it may refer
 * to.
 */
export const collect = (layout: Layout, history: Iterable<RunRecord>, options: CollectOptions, remarks?: RemarksShape): Collected => {
  if (options.dry) return collectWith(layout, history, options, remarks)
  const release = claimTemporary(layout)
  try {
    return collectWith(layout, history, options, remarks)
  } finally {
    release()
  }
}

const collectWith = (
  layout: Layout,
  history: Iterable<RunRecord>,
  { runs, size, dry }: CollectOptions,
  remarks: RemarksShape | undefined,
): Collected => {
  const horizon = usedSince(layout)
  const recent = recentRuns(history, runs)
  const foreignRecords = foreignRuns(layout)
  const roots = new Set([
    ...pinnedDigests(layout),
    ...foreignRecords.flatMap(({ text }) => digestsIn(text)),
    ...recent.flatMap(({ stages }) => stages.flatMap(({ key }) => key ?? [])),
  ])
  const { readable, damaged, foreign } = readResults(layout)
  const { results, gone, objects, add, total } = select(readable, { size, isKept: ({ key, used }) => roots.has(key) || used >= horizon })
  /**
   * Digests in files of another format, and in submissions: perhaps of objects. Their sizes do not
   * count.
   */
  const beyond = new Set([...foreign.flatMap(({ text }) => digestsIn(text)), ...submittedDigests(layout)])
  for (const { name, format } of foreign) remarks?.foreign("result", name, { found: format, own: resultFormat })
  const removed = gone.filter(({ file }) => dry || remove(layout, file, horizon))
  for (const result of gone) if (!removed.includes(result)) add(result)
  const orphans = objectFiles(layout).filter(({ object, modified }) => !objects.has(object) && !beyond.has(object) && modified < horizon)
  const freed = orphans.filter(({ file }) => dry || remove(layout, file, horizon))
  const staying = readable.filter((result) => !removed.includes(result))
  const answers = unusedAnswers(answersIn(layout), staying, Math.min(horizon, storeClock(layout) - shelfLifeDays * dayMs))
  if (!dry) {
    for (const { folder } of answers) fs.rmSync(folder, { recursive: true, force: true })
    // Looked at again: a run may have replaced it.
    for (const file of damaged) if (unseal(textOf(file) ?? "", keyOf(file)).state === "damaged") quarantine(layout, file)
    tidy(layout, horizon, beyond)
    tidyRuns(
      layout,
      recent,
      foreignRecords.map(({ run }) => run),
      horizon,
    )
  }
  return {
    results: removed.map(({ key, manifest }) => ({
      key,
      stage: manifest.stage,
      bytes: filesOf(manifest).reduce((sum, file) => sum + file.bytes, 0),
    })),
    objects: freed.length,
    bytes: freed.reduce((sum, { bytes }) => sum + bytes, 0),
    answers: answers.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: total(),
    rooted: results.filter(({ key }) => roots.has(key)).length,
  }
}

interface Results {
  readonly readable: ReadonlyArray<Result>
  /** Files that no version can use. */
  readonly damaged: ReadonlyArray<string>
  /** Those of another format, or under names that this version does not give. */
  readonly foreign: ReadonlyArray<{ readonly name: string; readonly text: string; readonly format: string }>
}

const readResults = (layout: Layout): Results => {
  const readable: Array<Result> = []
  const damaged: Array<string> = []
  const foreign: Array<Results["foreign"][number]> = []
  for (const file of filesIn(layout.results)) {
    const used = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
    const text = textOf(file)
    if (used === undefined || text === null) continue
    const key = keyOf(file)
    const isOurs = file === layout.result(key) || file === layout.resultBeside(key)
    const found = unseal(text, key)
    if (found.state === "whole") readable.push({ key, file, used, manifest: found.manifest })
    else if (found.state === "damaged" && isOurs) damaged.push(file)
    else foreign.push({ name: key, text, format: found.state === "foreign" ? found.format : "unknown" })
  }
  return { readable, damaged, foreign }
}

const objectFiles = (layout: Layout) =>
  filesIn(layout.objects).flatMap((file) => {
    const facts = fs.statSync(file, { throwIfNoEntry: false })
    const object = path.basename(path.dirname(file)) + path.basename(file)
    return facts === undefined ? [] : [{ file, object, modified: Math.max(facts.mtimeMs, facts.ctimeMs), bytes: facts.size }]
  })

const filesIn = (folder: string): ReadonlyArray<string> => {
  if (!fs.existsSync(folder)) return []
  return fs.readdirSync(folder).flatMap((part) => fs.readdirSync(path.join(folder, part)).map((name) => path.join(folder, part, name)))
}

let moved = 0

/** False if it was used in the meantime, and is where it was. */
const remove = (layout: Layout, file: string, horizon: number): boolean => {
  moved += 1
  const aside = temporaryPath(layout, `collected.${moved}`)
  makeFolder(layout.temporary)
  try {
    fs.renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false
    throw error
  }
  if (fs.statSync(aside).mtimeMs >= horizon) {
    fs.renameSync(aside, file)
    return false
  }
  fs.rmSync(aside, { force: true })
  return true
}

/** Days for which quarantined files, records of failures and abandoned checkpoints are kept. */
const shelfLifeDays = 30
const dayMs = 24 * 3600 * 1000

const tidy = (layout: Layout, horizon: number, beyond: ReadonlySet<string>): void => {
  const old = Math.min(horizon, storeClock(layout) - shelfLifeDays * dayMs)
  const sweep = (folder: string, before: number, isWanted: (name: string) => boolean = () => false): void => {
    if (!fs.existsSync(folder)) return
    for (const name of fs.readdirSync(folder)) {
      const file = path.join(folder, name)
      const facts = fs.statSync(file, { throwIfNoEntry: false })
      if (facts !== undefined && facts.mtimeMs < before && !isWanted(name)) fs.rmSync(file, { recursive: true, force: true })
    }
  }
  const { readable } = readResults(layout)
  const lists = new Set([...readable.map(({ manifest }) => manifest.source?.files), ...beyond].map((digest) => `${digest}.json`))
  sweep(layout.quarantined, old)
  sweep(layout.suspects, old)
  sweep(layout.failures, old, (name) => isForeignRecord(textOf(path.join(layout.failures, name)) ?? ""))
  sweep(path.dirname(layout.files("")), horizon, (name) => lists.has(name))
  // Drafts of those that were killed while they wrote.
  for (const folder of [layout.runs, layout.journals, layout.wirings, layout.pins, layout.failures, layout.runningRuns, layout.codes])
    sweep(folder, horizon, (name) => !name.endsWith(".tmp"))
  // What other machines need of submissions: a run may wait long for a worker.
  for (const folder of [layout.submissions, layout.requirements, layout.carriedBundles]) sweep(folder, old)
  // Checkpoints of stages that were never finished.
  sweep(layout.checkpoints, old)
  tidyCode(layout.root, horizon)
}
