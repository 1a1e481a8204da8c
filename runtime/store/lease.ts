import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Option, Schema, type Scope } from "effect"
import { makeFolder } from "../bundle/folder.ts"
import { textOf } from "./text.ts"

/** Who computes a key. */
const Holder = Schema.fromJsonString(Schema.Struct({ host: Schema.String, pid: Schema.Int }))

/** Seconds between two signs of life, and those after which a silent holder on another machine is taken for dead. */
export const heartbeat = 2
export const patience = 20

/**
 * Takes the lease on a key for as long as the scope is open; false if another process holds it. A lease whose holder is gone
 * is taken over. Two computations of one key would both be right (publishing is idempotent): a lease saves work, it guards nothing.
 */
export const tryLease = (file: string): Effect.Effect<boolean, never, Scope.Scope> =>
  Effect.gen(function* () {
    const taken = yield* Effect.acquireRelease(
      Effect.sync(() => take(file)),
      (taken) => Effect.sync(() => taken && letGo(file)),
    )
    if (taken) {
      const beat = Effect.sync(() => fs.existsSync(file) && fs.utimesSync(file, new Date(), new Date()))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(`${heartbeat} seconds`), beat)))
    }
    return taken
  })

/** It may have been taken over from a process that was thought dead. */
const letGo = (file: string): void => {
  try {
    fs.unlinkSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
}

const take = (file: string): boolean => {
  makeFolder(path.dirname(file))
  return create(file) || (isAbandoned(file) && clear(file) && create(file))
}

/**
 * Takes an abandoned lease away. Only one of several takers can move it, and what was moved is looked at again: by then it may be the new lease
 * of another, who gets it back.
 */
const clear = (file: string): boolean => {
  const aside = `${file}.${process.pid}.abandoned`
  try {
    fs.renameSync(file, aside)
  } catch {
    return false
  }
  if (!isAbandoned(aside)) {
    fs.renameSync(aside, file)
    return false
  }
  fs.rmSync(aside, { force: true })
  return true
}

/** Clears the leases of those that are gone: of a process that was killed between publishing and letting go, nobody would ask again. */
export const clearAbandoned = (folder: string): void => {
  if (!fs.existsSync(folder)) return
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (isAbandoned(file)) clear(file)
  }
}

const create = (file: string): boolean => {
  try {
    fs.writeFileSync(file, Schema.encodeSync(Holder)({ host: os.hostname(), pid: process.pid }), { flag: "wx" })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

const isAbandoned = (file: string): boolean => {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return false
  const text = textOf(file)
  if (text === null) return false
  const holder = Option.getOrNull(Schema.decodeUnknownOption(Holder)(text))
  if (holder?.host === os.hostname()) return !isAlive(holder.pid)
  return Date.now() - stat.mtimeMs > patience * 1000
}

/** Whether a process of this machine is running. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
