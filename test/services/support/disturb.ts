import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { numbers } from "../../slow/matrix/world.ts"
import { killAll } from "../../slow/toy.ts"
import type { Cluster, Command, Worker } from "./cluster.ts"
import type { FaultyServer, Fault as ServerFault } from "./faults.ts"
import type { Host } from "./network.ts"
import type { Postgres } from "./postgres.ts"

/** A cluster to which things happen. */
export interface Scene {
  readonly postgres: Postgres
  readonly cluster: Cluster
  readonly slots: number
  readonly hosts: ReadonlyArray<Host | null>
  /** The way to the bucket that is the store; null where that is a folder. */
  readonly bucket: FaultyServer | null
  /** The worker of each host; null while it is being started. */
  readonly workers: Array<Worker | null>
  /** The command that watches the run. */
  command: Command | null
  /** What ends later: a worker that is thawed, a link that is mended. */
  readonly later: Array<Promise<void>>
}

/** A kind of fault. */
export interface Fault {
  readonly name: string
  /** Does it; the number is how many computations it may repeat. */
  readonly strike: (scene: Scene, draw: (below: number) => number) => Promise<number>
}

/** Starts the worker of a host, again where the database is just away. */
export const hire = async (scene: Scene, index: number): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    try {
      scene.workers[index] = await scene.cluster.worker({
        environment: { ASSAY_THREADS: String(scene.slots) },
        through: scene.hosts[index]?.through ?? [],
      })
      return
    } catch (error) {
      if (tries === 5) throw error
      await sleep(500)
    }
  }
}

const dismiss = async (scene: Scene, index: number): Promise<void> => {
  const worker = scene.workers[index]
  scene.workers[index] = null
  await worker?.kill()
}

/** A worker that is there; the first if none is. */
const someone = (scene: Scene, draw: (below: number) => number): number => {
  const there = scene.workers.flatMap((worker, index) => (worker === null ? [] : [index]))
  return there[draw(Math.max(1, there.length))] ?? 0
}

const killWorker: Fault = {
  name: "a worker is killed",
  strike: async (scene, draw) => {
    const index = someone(scene, draw)
    if (scene.workers[index] === null) return 0
    await dismiss(scene, index)
    scene.later.push(hire(scene, index))
    return scene.slots
  },
}

const killWorkers: Fault = {
  name: "all workers are killed",
  strike: async (scene) => {
    const there = scene.workers.flatMap((worker, index) => (worker === null ? [] : [index]))
    await Promise.all(there.map((index) => dismiss(scene, index)))
    for (const index of there) scene.later.push(hire(scene, index))
    return scene.slots * there.length
  },
}

const killCommand: Fault = {
  name: "the command is killed",
  strike: async (scene) => {
    if (scene.command !== null) killAll(scene.command)
    return 0
  },
}

const restartDatabase: Fault = {
  name: "the database is started again",
  strike: async ({ postgres }) => {
    await postgres.restart()
    return 0
  },
}

const freezeWorker: Fault = {
  name: "a worker is frozen",
  strike: async (scene, draw) => {
    const worker = scene.workers[someone(scene, draw)]
    if (!worker) return 0
    const milliseconds = 500 + draw(7500)
    worker.freeze()
    scene.later.push(
      sleep(milliseconds).then(() => {
        if (worker.process.exitCode === null && worker.process.signalCode === null) worker.thaw()
      }),
    )
    return milliseconds > 2500 ? scene.slots : 0
  },
}

const closeStore: Fault = {
  name: "the store cannot be written",
  strike: async (scene, draw) => {
    const open = closed(scene.cluster.store)
    await sleep(300 + draw(2500))
    open()
    return scene.slots * scene.workers.length
  },
}

const loseBucket: Fault = {
  name: "the bucket is away",
  strike: async ({ bucket, later }, draw) => {
    const milliseconds = 500 + draw(9500)
    await bucket?.down(milliseconds)
    later.push(sleep(milliseconds))
    return 0
  },
}

/** The bucket answers like that for a few seconds. */
const disturbBucket = (name: string, faultOf: (draw: (below: number) => number) => ServerFault | null): Fault => ({
  name,
  strike: async ({ bucket, later }, draw) => {
    if (bucket === null) return 0
    // Requests come in any order: what they draw must not change which faults follow.
    const drawOwn = numbers(draw(1 << 30))
    bucket.fault = () => faultOf(drawOwn)
    later.push(
      sleep(500 + draw(5500)).then(() => {
        bucket.fault = () => null
      }),
    )
    return 0
  },
})

const bucketFaults: ReadonlyArray<Fault> = [
  loseBucket,
  disturbBucket("the bucket is slow", (draw) => ({ type: "delay", ms: 100 + draw(900) })),
  disturbBucket("the bucket is busy", () => ({ type: "refuse", status: 503, code: "SlowDown", retryAfter: 1 })),
  disturbBucket("the bucket loses answers", (draw) => [{ type: "lose" } as const, { type: "drop" } as const, null, null][draw(4)] ?? null),
]

const cutLink: Fault = {
  name: "a link is cut",
  strike: async (scene, draw) => {
    const host = scene.hosts[draw(scene.hosts.length)]
    const milliseconds = 500 + draw(7500)
    host?.cut()
    scene.later.push(sleep(milliseconds).then(() => host?.mend()))
    return milliseconds > 2500 ? scene.slots : 0
  },
}

/** Those that lose no computation come twice as often as those that do. */
export const faultsOf = ({ hosts, bucket }: Pick<Scene, "hosts" | "bucket">): ReadonlyArray<Fault> => [
  killWorker,
  killWorker,
  killCommand,
  killCommand,
  restartDatabase,
  restartDatabase,
  freezeWorker,
  ...(bucket === null ? [closeStore] : bucketFaults),
  killWorkers,
  ...(hosts.some((host) => host !== null) ? [cutLink, cutLink] : []),
]

/** Those after which nothing may be computed again. */
export const harmlessOf = ({ bucket }: Pick<Scene, "bucket">): ReadonlyArray<Fault> => [
  killCommand,
  restartDatabase,
  ...(bucket === null ? [] : bucketFaults),
]

/**
 * Makes a folder one that cannot be written, and returns what undoes it. Root writes where it may
 * not: for it, the folder is mounted again.
 */
const closed = (folder: string): (() => void) => {
  const folders = [folder, ...fs.readdirSync(folder).map((name) => path.join(folder, name))].filter((each) =>
    fs.statSync(each).isDirectory(),
  )
  if (process.getuid?.() !== 0) {
    for (const each of folders) fs.chmodSync(each, 0o555)
    return () => folders.forEach((each) => void fs.chmodSync(each, 0o755))
  }
  const remount = (how: string): boolean => {
    try {
      execFileSync("mount", ["-o", `remount,bind,${how}`, folder], { stdio: "ignore" })
      return true
    } catch {
      return false
    }
  }
  // Busy while a file is being written.
  for (let tries = 0; tries < 50 && !remount("ro"); tries += 1);
  return () => void remount("rw")
}

/** Lets `closed` work for root; returns what undoes it. */
export const mountable = (folder: string): (() => void) => {
  if (process.getuid?.() !== 0) return () => {}
  try {
    fs.mkdirSync(folder, { recursive: true })
    execFileSync("mount", ["--bind", folder, folder], { stdio: "ignore" })
    return () => execFileSync("umount", ["-l", folder], { stdio: "ignore" })
  } catch {
    console.log("not tested: a store that cannot be written, because nothing can be mounted here")
    return () => {}
  }
}
