import * as fs from "node:fs"
import * as path from "node:path"
import { hasEnded } from "../../disk/process.ts"
import { textOf } from "../../disk/text.ts"
import type { Layout } from "../layout.ts"
import { isSilent, stateOf } from "./lease.ts"
import { isOurs, type Mark, markIn } from "./presence.ts"
import { unchanged } from "./unchanged.ts"

/** Whether a run goes on, and where. */
export interface RunStatus {
  readonly run: string
  readonly alive: boolean
  /** Its process, dead or alive; null where none is known. */
  readonly process: { readonly host: string; readonly pid: number } | null
}

/** Tells which runs go on. Writes nothing, so that a reader of a store leaves it as it is. */
export interface Liveness {
  readonly status: (run: string) => RunStatus
  /** The runs that go on, and those whose process died without removing its mark, by their ids. */
  readonly marked: () => ReadonlyArray<RunStatus>
}

export const liveness = (layout: Layout): Liveness => {
  const watched = unchanged()
  /**
   * A process that can be seen is alive until it has ended; of another, its signs of life count,
   * and at first sight a stale one may be late by a clock that was set.
   */
  const isAlive = (file: string, mark: Mark | null): boolean => {
    if (mark !== null && hasEnded(mark)) return false
    if (mark !== null && isOurs(mark)) return true
    const facts = fs.statSync(file, { throwIfNoEntry: false })
    if (facts === undefined) return false
    const ageSeconds = (Date.now() - facts.mtimeMs) / 1000
    return !isSilent({ ageSeconds, unchangedSeconds: watched.secondsOf(file, stateOf(facts)) })
  }
  const status = (run: string): RunStatus => {
    const file = layout.running(run)
    const text = textOf(file)
    if (text === null) return { run, alive: false, process: null }
    const mark = markIn(text)
    return { run, alive: isAlive(file, mark), process: mark === null ? null : { host: mark.host, pid: mark.pid } }
  }
  return {
    status,
    marked: () => {
      if (!fs.existsSync(layout.runningRuns)) return []
      const names = fs.readdirSync(layout.runningRuns).filter((name) => !name.endsWith(".tmp"))
      return names.sort().map((name) => status(path.basename(name)))
    },
  }
}
