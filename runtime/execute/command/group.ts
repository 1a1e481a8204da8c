import * as fs from "node:fs"
import { Effect } from "effect"

/** Milliseconds that the kernel may take to end what was killed. */
const killedMs = 5000

/**
 * Ends every process of a group, and waits until they have gone: by SIGTERM, and after `graceMs` by
 * SIGKILL.
 */
export const endGroup = (group: number, graceMs: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (!signalGroup(group, "SIGTERM")) return
    if (yield* isGoneWithin(group, graceMs)) return
    signalGroup(group, "SIGKILL")
    yield* isGoneWithin(group, killedMs)
  })

const isGoneWithin = Effect.fnUntraced(function* (group: number, limitMs: number) {
  for (let waitedMs = 0, pauseMs = 2; waitedMs < limitMs; waitedMs += pauseMs, pauseMs = Math.min(50, pauseMs * 2)) {
    if (isGone(group)) return true
    yield* Effect.sleep(pauseMs)
  }
  return isGone(group)
})

const isGone = (group: number): boolean => !signalGroup(group, 0) || isDefunct(group)

/** False where no process of the group is left. */
const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    // Not permitted is said of a process that another user runs in it.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/**
 * Whether all processes of a group have ended, and wait for their parent to ask how: in a container
 * without an init process that may be for ever.
 */
const isDefunct = (group: number): boolean => {
  if (process.platform !== "linux") return false
  const states = fs.readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // After the name in parentheses: the state, the parent, the group.
      const [state, , ofGroup] = fs
        .readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")
      return Number(ofGroup) === group ? [state] : []
    } catch {
      return []
    }
  })
  return states.every((state) => state === "Z" || state === "X")
}
