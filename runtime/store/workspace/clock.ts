import * as fs from "node:fs"
import { makeFolder } from "../../disk/folder.ts"
import type { Layout } from "../layout.ts"
import { temporaryPath } from "./owned-path.ts"

/**
 * Seconds between two signs of life of a process that uses the store: it writes to its file, which
 * the file system dates.
 */
export const heartbeatSeconds = 2

/** Seconds without a sign of life after which a process is taken for dead. */
export const staleAfterSeconds = 20

/** Seconds after which what a silent process left behind is cleared. */
export const forgottenAfterSeconds = 24 * 3600

/** Milliseconds by which the clock of a file system may be behind ours. */
export const graceMs = 100

/**
 * Now, in milliseconds since 1970, by the clock that dates the store's files; by ours where nothing
 * can be written.
 */
export const storeClock = (layout: Layout): number => {
  const probe = temporaryPath(layout, "clock")
  try {
    makeFolder(layout.temporary)
    fs.writeFileSync(probe, "")
    const { mtimeMs } = fs.statSync(probe)
    fs.unlinkSync(probe)
    return mtimeMs
  } catch {
    return Date.now()
  }
}

/**
 * The earlier of the store's clock and ours, less their grain: what is dated from now on, by
 * either, is dated later than that, unless a clock is set back.
 */
export const earliestNow = (layout: Layout): number => Math.min(storeClock(layout), Date.now()) - graceMs
