import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { textOf } from "../../disk/text.ts"
import { formatOf, recordFormat, writerOf } from "../format.ts"
import type { Layout } from "../layout.ts"
import type { RemarksShape } from "../remarks.ts"
import { FailureRecord, RunRecord } from "./record.ts"

const decodeRun = Schema.decodeUnknownOption(Schema.fromJsonString(RunRecord))

/** Newest first. Those that cannot be read are left out; of those of another format it is said. */
export function* readRuns(layout: Layout, remarks?: RemarksShape): Iterable<RunRecord> {
  for (const name of runFiles(layout)) {
    const text = textOf(path.join(layout.runs, name)) ?? ""
    const record = decodeRun(text)
    const format = formatOf(text)
    if (Option.isSome(record)) yield record.value
    else if (format !== null && format !== String(recordFormat))
      remarks?.foreign("run", name.slice(0, -".json".length), { found: format, own: recordFormat })
  }
}

/** One record; null if there is none that this version can read. */
export const readRun = (layout: Layout, run: string): RunRecord | null => Option.getOrNull(decodeRun(textOf(layout.run(run)) ?? ""))

/** Why the record of a run cannot be read; null if it can, or there is none. */
export const runProblem = (layout: Layout, run: string): string | null => {
  if (!runFiles(layout).includes(`${run}.json`)) return null
  const text = textOf(layout.run(run)) ?? ""
  if (Option.isSome(decodeRun(text))) return null
  const format = formatOf(text)
  return format !== null && format !== String(recordFormat)
    ? `it was written by ${writerOf(format, recordFormat)}`
    : `its record ${layout.run(run)} is damaged`
}

/** The records that this version cannot read: their runs and texts. */
export const foreignRuns = (layout: Layout): ReadonlyArray<{ readonly run: string; readonly text: string }> =>
  runFiles(layout).flatMap((name) => {
    const text = textOf(path.join(layout.runs, name)) ?? ""
    return Option.isSome(decodeRun(text)) ? [] : [{ run: name.slice(0, -".json".length), text }]
  })

/** Newest first: by number, and before those the records of versions that gave none, by time. */
const runFiles = (layout: Layout): ReadonlyArray<string> => {
  const names = fs.existsSync(layout.runs) ? fs.readdirSync(layout.runs).filter((name) => name.endsWith(".json")) : []
  const numbered = names.map((name) => ({ name, number: numberOf(name) }))
  return numbered.sort((a, b) => b.number - a.number || (a.name > b.name ? -1 : 1)).map(({ name }) => name)
}

/**
 * The id of a run: when it began, for people, and its number, which tells what was later whatever
 * the clock said.
 */
export const runId = (created: string, number: number): string => `${created.replaceAll(":", "-")}.r${number}`

/** 0 where the id holds none. */
const numberOf = (name: string): number => Number(/\.r(\d+)(\.|$)/.exec(name)?.[1] ?? 0)

/**
 * How many numbers are kept behind the newest: for processes that were looking for a free one when
 * others took theirs.
 */
const keptNumbers = 100

/** One more than any run before, which no other run gets. Throws what the file system throws. */
export const takeRunNumber = (layout: Layout): number => {
  makeFolder(layout.runNumbers)
  const taken = fs.readdirSync(layout.runNumbers).map(Number).filter(Number.isSafeInteger)
  const recorded = fs.existsSync(layout.runs) ? fs.readdirSync(layout.runs).map(numberOf) : []
  let number = 1 + [...taken, ...recorded].reduce((most, each) => Math.max(most, each), 0)
  while (!isFree(layout.runNumber(number))) number += 1
  for (const old of taken) if (old <= number - keptNumbers) fs.rmSync(layout.runNumber(old), { force: true })
  return number
}

const isFree = (file: string): boolean => {
  try {
    fs.closeSync(fs.openSync(file, "wx"))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

const decodeFailure = Schema.decodeUnknownOption(Schema.fromJsonString(FailureRecord))

/** Newest first: by the number of their run, else by time. */
export const readFailures = (layout: Layout, remarks?: RemarksShape): ReadonlyArray<FailureRecord> => {
  if (!fs.existsSync(layout.failures)) return []
  const names = fs.readdirSync(layout.failures).filter((name) => name.endsWith(".json"))
  const records = names.flatMap((name) => {
    const text = textOf(path.join(layout.failures, name)) ?? ""
    const record = Option.getOrNull(decodeFailure(text))
    if (record === null && isForeignRecord(text))
      remarks?.foreign("failure", name.slice(0, -".json".length), { found: formatOf(text) ?? "unknown", own: recordFormat })
    return record === null ? [] : [record]
  })
  return records.sort((a, b) => (b.number ?? 0) - (a.number ?? 0) || (a.created > b.created ? -1 : 1))
}

/** Whether a record says that it is of another format. */
export const isForeignRecord = (text: string): boolean => {
  const format = formatOf(text)
  return format !== null && format !== String(recordFormat)
}

/** Where the failure of a key is to be put: a record of another format is not replaced. */
export const failurePlace = (layout: Layout, key: string): string =>
  isForeignRecord(textOf(layout.failure(key)) ?? "") ? layout.failureBeside(key) : layout.failure(key)
