import { Effect } from "effect"
import { neighboursIn } from "../life/neighbours.ts"
import { leasePrefix } from "../life/remote-leases.ts"
import { markPrefix } from "../life/remote-workspace.ts"
import { signPrefix } from "../life/sign.ts"
import type { ObjectFacts, ObjectStore } from "../objects/object-store.ts"
import { codeFilesPrefix } from "../results/packs.ts"
import { listAll } from "./contents.ts"

/** What the small objects of a store are held against. */
export interface Kept {
  /** Since when a run may need what it has looked at, in milliseconds since 1970. */
  readonly horizon: number
  readonly now: number
  /** Lists of code files that results name, and digests that records name. */
  readonly digests: ReadonlySet<string>
  /** Runs that keep their journals. */
  readonly runs: ReadonlySet<string>
}

/** What machines of a cluster need of submissions. */
const clusterPrefix = "cluster/"
export const submissionPrefix = `${clusterPrefix}submissions/`

const dayMs = 24 * 3600 * 1000

/** Days for which quarantined objects, records of failures and submissions are kept. */
export const shelfLifeMs = 30 * dayMs

/** Days for which an upload that broke off can be continued. */
const uploadLifeMs = 7 * dayMs

/** Milliseconds for which the traces of a process that died stay: its clock may have been wrong. */
const tracesMs = 60_000

/** Removes small objects that nothing needs, as a collection of a folder does with its files. */
export const sweep = Effect.fnUntraced(function* (objects: ObjectStore, { horizon, now, digests, runs }: Kept) {
  const removeWhere = Effect.fnUntraced(function* (prefix: string, before: number, isWanted: (name: string) => boolean = () => false) {
    const isOld = ({ name, modified }: ObjectFacts) => modified < before && !isWanted(name.slice(prefix.length))
    yield* objects.remove((yield* listAll(objects, prefix)).filter(isOld).map(({ name }) => name))
  })
  const firstPart = (name: string): string => name.split(".")[0] ?? ""
  const neighbours = yield* neighboursIn(objects)
  const alive = new Set(neighbours.filter(({ isAlive }) => isAlive).map(({ tag }) => tag))
  const running = new Set((yield* listAll(objects, markPrefix)).map(({ name }) => name.slice(markPrefix.length)))

  yield* removeWhere(codeFilesPrefix, horizon, (name) => digests.has(firstPart(name)))
  yield* removeWhere("journals/", horizon, (name) => {
    const run = name.replace(/\.ndjson$/, "")
    return runs.has(run) || running.has(run)
  })
  // A run that begins names its wiring only a moment later.
  if (running.size === 0) yield* removeWhere("wirings/", horizon, (name) => digests.has(firstPart(name)))
  yield* removeWhere("quarantine/", now - shelfLifeMs)
  yield* removeWhere("failures/", now - shelfLifeMs)
  yield* removeWhere(clusterPrefix, now - shelfLifeMs)
  yield* removeWhere("tmp/", now - dayMs)
  yield* removeWhere(signPrefix, now - tracesMs, (name) => alive.has(firstPart(name)))
  yield* removeDead(objects, leasePrefix, alive, now)
  yield* removeDead(objects, markPrefix, alive, now)
  yield* objects.removeUnfinished(now - uploadLifeMs)
})

/** Leases and marks say by which process they are. */
const removeDead = Effect.fnUntraced(function* (objects: ObjectStore, prefix: string, alive: ReadonlySet<string>, now: number) {
  for (const { name, modified } of yield* listAll(objects, prefix)) {
    if (modified >= now - tracesMs) continue
    const text = (yield* objects.read(name))?.bytes.toString() ?? ""
    const tag = /"tag":"([^"]+)"/.exec(text)?.[1]
    if (tag !== undefined && !alive.has(tag)) yield* objects.remove([name])
  }
})
