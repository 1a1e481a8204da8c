import { Effect, Option, Schema, Stream } from "effect"
import type { StoreNotReadable } from "../../../error.ts"
import { RunRecord } from "../../runs/record.ts"
import { notReadable } from "../objects/failure.ts"
import { type ObjectStore, objectConcurrency } from "../objects/object-store.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(RunRecord))

/** The number that the id of a run ends in; 0 where there is none. */
const numberOf = (name: string): number => Number(/\.r(\d+)\.json$/.exec(name)?.[1] ?? 0)

/** The records of runs in a store, newest first, read as they are asked for. */
export const runsIn = (objects: ObjectStore): Stream.Stream<RunRecord, StoreNotReadable> =>
  Stream.unwrap(
    Effect.map(Stream.runCollect(objects.list("runs/")), (pages) => {
      const names = pages.flat().map(({ name }) => name)
      const newestFirst = names.sort((a, b) => numberOf(b) - numberOf(a) || (a > b ? -1 : 1))
      return Stream.fromIterable(newestFirst).pipe(
        Stream.mapEffect(objects.read, { concurrency: objectConcurrency }),
        Stream.map((found) => Option.getOrNull(decode(found?.bytes.toString() ?? ""))),
        Stream.filter((record) => record !== null),
      )
    }),
  ).pipe(Stream.mapError(notReadable))
