import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { hasEnded, Process, processTag, thisProcess } from "../../disk/process.ts"
import { textOf } from "../../disk/text.ts"
import type { Layout } from "../layout.ts"
import { forgottenAfterSeconds, heartbeatSeconds, storeClock } from "./clock.ts"
import { tagIn } from "./owned-path.ts"

const Stored = Schema.fromJsonString(Process)

/** How many stores of this process, by file, need it to be known as alive. */
const claims = new Map<string, { count: number; readonly timer: NodeJS.Timeout }>()

/**
 * Marks this process as alive and owner of temporary files: processes in other containers cannot
 * see it. Returns what removes the mark. Throws what the file system throws.
 */
export const claimTemporary = (layout: Layout): (() => void) => {
  const file = layout.process(processTag())
  const text = Schema.encodeSync(Stored)(thisProcess())
  const claim = claims.get(file) ?? { count: 0, timer: setInterval(() => beat(file, text), heartbeatSeconds * 1000).unref() }
  claims.set(file, claim)
  claim.count += 1
  makeFolder(path.dirname(file))
  fs.writeFileSync(file, text)
  return () => {
    claim.count -= 1
    if (claim.count > 0) return
    clearInterval(claim.timer)
    claims.delete(file)
    fs.rmSync(file, { force: true })
  }
}

const beat = (file: string, text: string): void => {
  try {
    // Where the store has been removed it stays so.
    if (fs.existsSync(path.dirname(file))) fs.writeFileSync(file, text)
  } catch {
    // A full disk ends no computation.
  }
}

/** Clears the temporary files of processes that have ended. */
export const clearTemporary = (layout: Layout): void => {
  const now = storeClock(layout)
  const isForgotten = (file: string): boolean => {
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
    return modified === undefined || now - modified > forgottenAfterSeconds * 1000
  }
  for (const tag of fs.existsSync(layout.processes) ? fs.readdirSync(layout.processes) : []) {
    const file = layout.process(tag)
    const owner = Option.getOrNull(Schema.decodeUnknownOption(Stored)(textOf(file) ?? ""))
    if ((owner !== null && hasEnded(owner)) || isForgotten(file)) fs.rmSync(file, { force: true })
  }
  for (const name of fs.readdirSync(layout.temporary)) {
    const file = path.join(layout.temporary, name)
    const tag = tagIn(name)
    const isLeft = tag === undefined ? isOfOlder(name) : tag !== processTag() && !fs.existsSync(layout.process(tag))
    if (isLeft) fs.rmSync(file, { recursive: true, force: true })
  }
}

/** Versions that knew a process by its host and id named their files `<host>.<id>.…`. */
const isOfOlder = (name: string): boolean => {
  const host = os.hostname()
  const [, pid] = name.slice(host.length).split(".")
  return name.startsWith(`${host}.`) && hasEnded({ host, pid: Number(pid) })
}
