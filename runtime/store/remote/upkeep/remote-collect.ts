import { randomUUID } from "node:crypto"
import { Effect } from "effect"
import { unusedAnswers } from "../../answers/upkeep.ts"
import { digestsIn, resultFormat } from "../../format.ts"
import type { RemarksShape } from "../../remarks.ts"
import { filesOf } from "../../results/verify.ts"
import type { RunRecord } from "../../runs/record.ts"
import type { Collected, CollectOptions } from "../../upkeep/collect.ts"
import { recentRuns } from "../../upkeep/keep-runs.ts"
import { select } from "../../upkeep/select.ts"
import { digestsOfSubmission } from "../../upkeep/submitted.ts"
import { announceCollection, collectionIn, collectionName } from "../life/collection.ts"
import { neighboursIn } from "../life/neighbours.ts"
import { type Remote, RemoteFailure } from "../objects/failure.ts"
import { type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import { remoteAnswersIn } from "../remote-answers.ts"
import type { Packs } from "../results/packs.ts"
import { asideOf } from "./aside.ts"
import { consentTo, neededBy } from "./consent.ts"
import { contentsOf, listAll, type RemoteCollectable } from "./contents.ts"
import { shelfLifeMs, submissionPrefix, sweep } from "./sweep.ts"

interface Wanted extends CollectOptions {
  readonly objects: ObjectStore
  readonly packs: Packs
  /** That of the signs of life of this process. */
  readonly tag: string
  /** Records of runs, newest first, and the texts of those that this version cannot read. */
  readonly history: ReadonlyArray<RunRecord>
  readonly foreignRuns: ReadonlyArray<{ readonly run: string; readonly text: string }>
  readonly remarks: RemarksShape
}

/** Milliseconds by which a server may date an object earlier than another that came before it. */
const graceMs = 2_000

/** Objects that are removed between two looks whether this collection still goes on. */
const removedTogether = 100

/**
 * Removes results of a remote store that neither a recent run nor a pin keeps, and objects that no
 * result names, beside runs on other machines: manifests are moved aside, and gone for good only
 * when every process that lives has said what it has used; objects go last, and young ones stay.
 */
export const collectRemote = Effect.fnUntraced(function* (wanted: Wanted) {
  const { objects, packs, tag, history, foreignRuns, runs, size, dry, remarks } = wanted
  const aside = asideOf(objects)
  // What a collection left that died half-way.
  if (!dry) yield* aside.restore(() => true)
  const now = yield* objects.now
  const others = (yield* neighboursIn(objects)).filter((neighbour) => neighbour.isAlive && neighbour.tag !== tag)
  const horizon = Math.min(now, ...others.map(({ sign }) => sign?.since ?? Number.NEGATIVE_INFINITY)) - graceMs
  const recent = recentRuns(history, runs)
  const used = (yield* neededBy(objects, others)).keys
  const roots = new Set([
    ...(yield* pinnedIn(objects)),
    ...foreignRuns.flatMap(({ text }) => digestsIn(text)),
    ...recent.flatMap(({ stages }) => stages.flatMap(({ key }) => key ?? [])),
  ])
  const contents = yield* contentsOf(objects, packs)
  for (const { key, format } of contents.foreign) remarks.foreign("result", key, { found: format, own: resultFormat })
  const beyond = new Set([...contents.foreign.flatMap(({ text }) => digestsIn(text)), ...(yield* submittedIn(objects))])
  const isKept = (result: RemoteCollectable): boolean => roots.has(result.key) || used.has(result.key) || result.used >= horizon
  const { results, gone, objects: named, add, total } = select(contents.readable, { size, isKept })

  const orphans = Effect.fnUntraced(function* (isNeeded: (object: string) => boolean) {
    return (yield* listAll(objects, "objects/")).filter(({ name, modified }) => {
      const object = name.slice("objects/".length).replace("/", "")
      return !named.has(object) && !beyond.has(object) && !isNeeded(object) && modified < horizon
    })
  })
  const answersWithout = (staying: ReadonlyArray<RemoteCollectable>) =>
    Effect.map(remoteAnswersIn(objects), (answers) => unusedAnswers(answers, staying, Math.min(horizon, now - shelfLifeMs)))
  const collected = (
    removed: ReadonlyArray<RemoteCollectable>,
    freed: ReadonlyArray<{ readonly bytes: number }>,
    answers: ReadonlyArray<{ readonly bytes: number }>,
  ): Collected => ({
    results: removed.map(({ key, manifest }) => ({ key, stage: manifest.stage, bytes: bytesOf(filesOf(manifest)) })),
    objects: freed.length,
    bytes: bytesOf(freed),
    answers: bytesOf(answers),
    kept: total(),
    rooted: results.filter(({ key }) => roots.has(key)).length,
  })
  if (dry) {
    const staying = results.filter((result) => !gone.includes(result))
    return collected(gone, yield* orphans(() => false), yield* answersWithout(staying))
  }

  const id = randomUUID()
  yield* aside.move(gone.map(({ name }) => name))
  yield* announceCollection(objects, { id, tag })
  const needed = yield* Effect.tapError(consentTo(objects, id, tag), () =>
    abandon(
      aside.restore(() => true),
      objects,
    ),
  )
  const isUsed = new Set(gone.filter(({ key }) => needed.keys.has(key)).map(({ name }) => name))
  yield* aside.restore((name) => isUsed.has(name))
  // What was published while processes were asked, restored results included.
  const after = yield* contentsOf(objects, packs)
  for (const result of after.readable) add(result)
  const stayed = new Set(after.readable.map(({ key }) => key))
  const removed = gone.filter(({ key }) => !stayed.has(key))
  const freed = yield* orphans((object) => needed.objects.has(object))
  yield* Effect.forEach(after.damaged, (name) => quarantine(objects, name), { concurrency: objectConcurrency, discard: true })
  for (let start = 0; start < freed.length; start += removedTogether) {
    yield* assertRunning(objects, id)
    yield* objects.remove(freed.slice(start, start + removedTogether).map(({ name }) => name))
  }
  yield* aside.clear
  yield* sweep(objects, {
    horizon,
    now,
    digests: new Set([
      ...after.readable.flatMap(({ manifest }) => manifest.source?.files ?? []),
      ...history.flatMap(({ wiring }) => wiring ?? []),
      ...foreignRuns.flatMap(({ text }) => digestsIn(text)),
      ...beyond,
    ]),
    runs: new Set([...recent.map(({ run }) => run), ...foreignRuns.map(({ run }) => run)]),
  })
  const unused = yield* answersWithout(after.readable)
  yield* objects.remove(unused.flatMap(({ names }) => names))
  yield* objects.remove([collectionName])
  return collected(removed, freed, unused)
})

const bytesOf = (files: ReadonlyArray<{ readonly bytes: number }>): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

/** What pins keep: all that their objects name. */
const pinnedIn = Effect.fnUntraced(function* (objects: ObjectStore) {
  const pins = yield* listAll(objects, "pins/")
  const texts = yield* Effect.forEach(pins, ({ name }) =>
    Effect.map(objects.read(name), (found) => `${name} ${found?.bytes.toString() ?? ""}`),
  )
  return texts.flatMap(digestsIn)
})

/** What submissions name, whose runs may wait for a worker. */
const submittedIn = Effect.fnUntraced(function* (objects: ObjectStore) {
  const found = yield* Effect.forEach(yield* listAll(objects, submissionPrefix), ({ name }) => objects.read(name), {
    concurrency: objectConcurrency,
  })
  return found.flatMap((submission) => (submission === null ? [] : digestsOfSubmission(submission.bytes)))
})

const abandon = (restore: Remote<void>, objects: ObjectStore) => Effect.ignore(Effect.andThen(restore, objects.remove([collectionName])))

const quarantine = (objects: ObjectStore, name: string) =>
  Effect.andThen(objects.copy(name, `quarantine/${name.replaceAll("/", "-")}`), objects.remove([name]))

/**
 * A collection that was frozen may have been taken for dead: then others rely on what it would
 * remove.
 */
const assertRunning = Effect.fnUntraced(function* (objects: ObjectStore, id: string) {
  if ((yield* collectionIn(objects))?.id === id) return
  const reason = "this collection was taken for dead by another process; run it again"
  return yield* new RemoteFailure({ kind: "refused", store: objects.name, reason, retryAfterSeconds: null })
})
