import * as fs from "node:fs"
import { Effect, Queue, type Scope } from "effect"

/** Waits until something may have changed: a sign may come late by `pollMs`, and for nothing. */
export type Changes = Effect.Effect<void>

/**
 * Watches files and folders while the scope is open. What the system reports is taken as a hint
 * only: network file systems report nothing, and the number of watches is limited, so that a wait
 * also ends after `pollMs`. What is not there yet, or is there again, is watched from the next wait
 * on.
 */
export const watch = (paths: ReadonlyArray<string>, pollMs: number): Effect.Effect<Changes, never, Scope.Scope> =>
  Effect.gen(function* () {
    const signs = yield* Queue.sliding<void>(1)
    const watchers = new Map<string, { readonly inode: number; readonly watcher: fs.FSWatcher }>()
    const drop = (file: string): void => {
      watchers.get(file)?.watcher.close()
      watchers.delete(file)
    }
    const attach = (file: string): void => {
      const inode = fs.statSync(file, { throwIfNoEntry: false })?.ino
      if (watchers.get(file)?.inode === inode) return
      drop(file)
      if (inode === undefined) return
      try {
        const watcher = fs.watch(file, { persistent: false }, () => void Queue.offerUnsafe(signs, undefined))
        watchers.set(file, { inode, watcher })
        watcher.on("error", () => drop(file))
      } catch {
        // Without a watch there is still the poll.
      }
    }
    yield* Effect.addFinalizer(() => Effect.sync(() => paths.forEach(drop)))
    return Effect.suspend(() => {
      for (const file of paths) attach(file)
      return Effect.asVoid(Effect.timeoutOption(Queue.take(signs), pollMs))
    })
  })
