import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { writeIfPossible } from "../../disk/write.ts"
import type { SharedAnswers } from "../answers/answers.ts"
import { segmentNames } from "../answers/segment.ts"
import type { AnswersOf } from "../answers/upkeep.ts"
import type { Layout } from "../layout.ts"
import { fileOf, nameOf } from "./names.ts"
import { type ObjectStore, objectConcurrency } from "./objects/object-store.ts"
import type { RemoteStoreShape } from "./remote-store.ts"
import { listAll } from "./upkeep/contents.ts"

/** Answers to rows and requests: `answers/<2 digits>/<scope>/<segment>`. */
export const answersPrefix = "answers/"

/**
 * Answers of machines that share a store. A segment is written by one process and never changed, so
 * each has what it lacks of the others when it begins, and what it added when it ends: without
 * them, answers are computed or asked for again, so nothing fails here.
 */
export const remoteAnswers = (layout: Layout, { objects, isWritable }: RemoteStoreShape): SharedAnswers => {
  const there = (scope: string) => listAll(objects, `${nameOf(layout, layout.answersOf(scope))}/`)
  return {
    bring: Effect.fnUntraced(
      function* (scope) {
        const missing = (yield* there(scope)).filter(({ name }) => !fs.existsSync(fileOf(layout, name)))
        yield* Effect.forEach(
          missing,
          ({ name }) =>
            Effect.map(objects.read(name), (found) => {
              if (found !== null) writeIfPossible(fileOf(layout, name), found.bytes)
            }),
          { concurrency: objectConcurrency, discard: true },
        )
      },
      (bringing) => Effect.ignore(bringing),
    ),
    send: Effect.fnUntraced(
      function* (scope) {
        const folder = layout.answersOf(scope)
        const names = segmentNames(folder)
        if (names.length === 0 || !(yield* isWritable)) return
        const sent = new Set((yield* there(scope)).map(({ name }) => path.basename(name)))
        yield* Effect.forEach(
          names.filter((name) => !sent.has(name)),
          (name) => objects.upload(nameOf(layout, path.join(folder, name)), path.join(folder, name), { ifAbsent: true }),
          { concurrency: objectConcurrency, discard: true },
        )
      },
      (sending) => Effect.ignore(sending),
    ),
  }
}

/** The answers of a remote store, by whose they are. */
export const remoteAnswersIn = (objects: ObjectStore) =>
  Effect.map(listAll(objects, answersPrefix), (segments) => {
    const byScope = new Map<string, Omit<AnswersOf, "folder"> & { readonly names: ReadonlyArray<string> }>()
    for (const { name, bytes, modified } of segments) {
      const scope = path.posix.basename(path.posix.dirname(name))
      const before = byScope.get(scope) ?? { scope, bytes: 0, used: 0, names: [] }
      byScope.set(scope, {
        scope,
        bytes: before.bytes + bytes,
        used: Math.max(before.used, modified),
        names: [...before.names, name],
      })
    }
    return [...byScope.values()]
  })
