import { Effect, Stream } from "effect"
import type { ObjectStore } from "../objects/object-store.ts"

const prefix = "run-numbers/"

/** How many numbers are kept behind the newest, for processes that look for a free one. */
const keptNumbers = 100

/** One more than any run before, which no other run gets, on whatever machine. */
export const takeRemoteNumber = Effect.fnUntraced(function* (objects: ObjectStore) {
  const namesIn = (folder: string) => Effect.map(Stream.runCollect(objects.list(folder)), (pages) => pages.flat().map(({ name }) => name))
  const taken = (yield* namesIn(prefix)).map((name) => Number(name.slice(prefix.length))).filter(Number.isSafeInteger)
  const recorded = (yield* namesIn("runs/")).map((name) => Number(/\.r(\d+)\.json$/.exec(name)?.[1] ?? 0))
  let number = 1 + [...taken, ...recorded].reduce((most, each) => Math.max(most, each), 0)
  while ((yield* objects.write(`${prefix}${number}`, Buffer.alloc(0), { ifAbsent: true })).state === "exists") number += 1
  yield* objects.remove(taken.filter((old) => old <= number - keptNumbers).map((old) => `${prefix}${old}`))
  return number
})
