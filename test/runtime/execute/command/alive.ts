import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

/** Whether a process runs; one that has ended and waits to be asked how does not. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return process.platform !== "linux" || !/^.*\) [ZX]/s.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

/** The pids in a file, one per line, once there are that many. */
export const pidsIn = async (file: string, count: number): Promise<ReadonlyArray<number>> => {
  for (let tries = 0; tries < 2000; tries += 1) {
    const pids = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : []
    if (pids.length >= count) return pids
    await sleep(10)
  }
  throw new Error(`${file} has fewer than ${count} pids`)
}
