import * as fs from "node:fs"
import * as os from "node:os"
import { Schema } from "effect"
import { sha256 } from "./sha256.ts"
import { textOf } from "./text.ts"

/**
 * Who a process is. Host and process id alone do not say it: ids are given out again, and process 1
 * of a container has namesakes in others of the same host name. Where Linux tells, the boot of the
 * machine, the namespace that the id belongs to, and when the process was started (ticks since
 * boot) do.
 */
export const Process = Schema.Struct({
  host: Schema.String,
  pid: Schema.Int,
  boot: Schema.optionalKey(Schema.String),
  namespace: Schema.optionalKey(Schema.String),
  started: Schema.optionalKey(Schema.String),
})
export type Process = typeof Process.Type

/** This process. */
export const thisProcess = (): Process => {
  known ??= identify()
  return known
}
let known: Process | undefined

/** A short name for this process that no other has. */
export const processTag = (): string => {
  tag ??= sha256("process", JSON.stringify(thisProcess())).slice(0, 12)
  return tag
}
let tag: string | undefined

const identify = (): Process => {
  const boot = textOf("/proc/sys/kernel/random/boot_id")?.trim()
  const started = startOf(process.pid)?.started
  const here = { host: os.hostname(), pid: process.pid }
  try {
    const namespace = fs.readlinkSync("/proc/self/ns/pid")
    return boot === undefined || started === undefined ? here : { ...here, boot, namespace, started }
  } catch {
    return here
  }
}

/**
 * Whether a process has certainly ended. Of one on another machine, or in a container that we do
 * not see into, nothing is certain: there its signs of life count.
 */
export const hasEnded = (other: Process, self: Process = thisProcess()): boolean => {
  if (other.namespace === undefined || self.namespace === undefined) return other.host === self.host && !isAlive(other.pid)
  if (other.boot !== self.boot || other.namespace !== self.namespace) return false
  const now = startOf(other.pid)
  // Without permission to look, its entry may be hidden from us while it runs.
  return now === null ? !isAlive(other.pid) : now.ended || now.started !== other.started
}

/**
 * When a process was started; null where Linux does not show it. A zombie has ended, and waits for
 * a parent that may never ask.
 */
const startOf = (pid: number): { readonly started: string; readonly ended: boolean } | null => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name in brackets may itself hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const [state = "", started] = [fields[0], fields[19]]
    return started === undefined ? null : { started, ended: "ZX".includes(state) }
  } catch {
    return null
  }
}

/** Whether a process of this machine has this id. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
