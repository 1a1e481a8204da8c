import * as fs from "node:fs"
import * as path from "node:path"
import type { Json } from "../../../dsl/canonical.ts"
import { makeFolder } from "../../disk/folder.ts"
import { processTag } from "../../disk/process.ts"
import { sha256 } from "../../disk/sha256.ts"

/** Hexadecimal digits of the digest at the end of a line, by which a damaged one is left out. */
const checkDigits = 8

/** A line of a segment, a JSON list: the digest of a row, its answer, and a check of both. */
const line = /^\["([0-9a-f]{32})",(.*),"([0-9a-f]{8})"\]$/s

/** Stands for an answer that is kept no longer. */
const forgotten = "null"

const spell = (row: string, answer: string): string => `["${row}",${answer},"${check(row, answer)}"]\n`

const check = (row: string, answer: string): string => sha256("row", `${row} ${answer}`).slice(0, checkDigits)

/**
 * The answers in a folder as JSON, by the digests of their rows: those of later segments replace
 * those of earlier ones. What is damaged, or was cut off when its process was killed, is left out.
 */
export const readSegments = (folder: string): Map<string, string> => {
  const answers = new Map<string, string>()
  for (const name of segmentNames(folder)) {
    for (const text of fs.readFileSync(path.join(folder, name), "utf8").split("\n")) {
      const [, row, answer, found] = line.exec(text) ?? []
      if (row === undefined || answer === undefined || found !== check(row, answer)) continue
      if (answer === forgotten) answers.delete(row)
      else answers.set(row, answer)
    }
  }
  return answers
}

/** In the order in which they were begun. */
export const segmentNames = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(".jsonl"))
        .sort()
    : []

/** What one process adds to a folder. The file is made with the first answer. */
export interface Segment {
  readonly append: (answers: ReadonlyArray<readonly [row: string, answer: Json]>) => void
  /** Puts it on the disk. */
  readonly close: () => void
}

let opened = 0

/** `time` (milliseconds since 1970) orders segments. */
export const openSegment = (folder: string, time: number): Segment => {
  let file: number | null = null
  const open = (): number => {
    makeFolder(folder)
    opened += 1
    return fs.openSync(path.join(folder, `${String(time).padStart(15, "0")}-${processTag()}-${opened}.jsonl`), "a")
  }
  return {
    append: (answers) => {
      if (answers.length === 0) return
      file ??= open()
      // One write, so that a kill leaves whole lines, but for the last.
      fs.writeSync(file, answers.map(([row, answer]) => spell(row, JSON.stringify(answer))).join(""))
    },
    close: () => {
      if (file === null) return
      fs.fsyncSync(file)
      fs.closeSync(file)
      file = null
    },
  }
}
