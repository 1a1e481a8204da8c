import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Semaphore, Stream } from "effect"
import { makeFolder } from "../../../disk/folder.ts"
import type { Layout } from "../../layout.ts"
import { isSound, type StoredFile, sightOf } from "../../results/verify.ts"
import { temporaryPath } from "../../workspace/owned-path.ts"
import { nameOf } from "../names.ts"
import type { Remote, RemoteFailure } from "../objects/failure.ts"
import type { ByteRange, ObjectStore } from "../objects/object-store.ts"

/** Objects that are fetched at a time. */
const objectsAtATime = 4

/** Bytes of a part of an object, and parts that are fetched at a time. */
const partBytes = 1 << 24
const partsAtATime = 4

/**
 * Makes sure that objects are in the local folder, and that their bytes are what their names say.
 * One that is not is fetched to a temporary file, which then takes its place. False for one that is
 * gone or damaged in the store too.
 */
export const objectFetcher = (
  layout: Layout,
  objects: ObjectStore,
  sound: Map<string, string>,
): ((file: StoredFile) => Remote<boolean>) => {
  const slots = Semaphore.makeUnsafe(objectsAtATime)
  const perObject = new Map<string, Semaphore.Semaphore>()
  let count = 0

  const isHere = (stored: StoredFile) =>
    Effect.promise(async () => {
      const sight = sightOf(layout.object(stored.object))
      if (sight === null) return false
      if (sound.get(stored.object) !== sight && !(await isSound(layout, stored))) return false
      sound.set(stored.object, sight)
      return true
    })

  const attempt = Effect.fnUntraced(function* (stored: StoredFile, draft: string) {
    const isSame = (yield* download(objects, nameOf(layout, layout.object(stored.object)), stored.bytes, draft)) === stored.object
    if (!isSame) return false
    const place = layout.object(stored.object)
    makeFolder(path.dirname(place))
    fs.renameSync(draft, place)
    const sight = sightOf(place)
    if (sight !== null) sound.set(stored.object, sight)
    return true
  })

  const fetch = (stored: StoredFile): Remote<boolean> =>
    Effect.suspend(() => {
      count += 1
      const draft = temporaryPath(layout, `fetched.${count}`)
      makeFolder(layout.temporary)
      const once = attempt(stored, draft)
      // Something between here and there may have cut it: it is damaged if it is so twice.
      return Effect.flatMap(once, (isSame) => (isSame ? Effect.succeed(true) : once)).pipe(
        Effect.ensuring(Effect.sync(() => fs.rmSync(draft, { force: true }))),
      )
    })

  return (stored) =>
    Effect.suspend(() => {
      const gate = perObject.get(stored.object) ?? Semaphore.makeUnsafe(1)
      perObject.set(stored.object, gate)
      const unlessHere = Effect.flatMap(isHere(stored), (here) =>
        here ? Effect.succeed(true) : Semaphore.withPermit(slots, fetch(stored)),
      )
      return Effect.ensuring(
        Semaphore.withPermit(gate, unlessHere),
        Effect.sync(() => perObject.delete(stored.object)),
      )
    })
}

/** Writes an object to a file, a long one by parts side by side, and returns the SHA-256 of it. */
const download = (objects: ObjectStore, name: string, bytes: number, file: string): Effect.Effect<string, RemoteFailure> =>
  Effect.acquireUseRelease(
    Effect.promise(() => fs.promises.open(file, "w+")),
    (handle) => downloadParts(objects, name, partsOf(bytes), handle),
    (handle) => Effect.promise(() => handle.close()),
  )

/** A short object is asked for as a whole, whatever its length turns out to be. */
const partsOf = (bytes: number): ReadonlyArray<ByteRange | null> =>
  bytes <= partBytes
    ? [null]
    : Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => ({
        start: index * partBytes,
        end: Math.min((index + 1) * partBytes, bytes),
      }))

/** Parts arrive in any order, and are hashed in theirs, from the file system's memory. */
const downloadParts = Effect.fnUntraced(function* (
  objects: ObjectStore,
  name: string,
  parts: ReadonlyArray<ByteRange | null>,
  handle: fs.promises.FileHandle,
) {
  const hash = createHash("sha256")
  const chunk = Buffer.allocUnsafe(chunkBytes)
  yield* Stream.fromIterable(parts).pipe(
    Stream.mapEffect((part) => writePart(objects, name, part, handle), { concurrency: partsAtATime }),
    Stream.runForEach((written) => Effect.promise(() => hashPart(handle, written, chunk, hash))),
  )
  return hash.digest("hex")
})

/** Bytes that are written, or read, by one call: the file system works while others arrive. */
const chunkBytes = 1 << 20

const writePart = (objects: ObjectStore, name: string, part: ByteRange | null, handle: fs.promises.FileHandle) =>
  Effect.gen(function* () {
    const start = part?.start ?? 0
    let position = start
    let waiting: Array<Uint8Array> = []
    let waitingBytes = 0
    const writeOut = async (): Promise<void> => {
      if (waitingBytes > 0) await handle.writev(waiting, position)
      position += waitingBytes
      waiting = []
      waitingBytes = 0
    }
    yield* Stream.runForEach(objects.stream(name, part), (chunk) =>
      Effect.suspend(() => {
        waiting.push(chunk)
        waitingBytes += chunk.byteLength
        return waitingBytes < chunkBytes ? Effect.void : Effect.promise(writeOut)
      }),
    )
    yield* Effect.promise(writeOut)
    return { start, end: position }
  })

const hashPart = async (handle: fs.promises.FileHandle, { start, end }: ByteRange, chunk: Buffer, hash: Hash): Promise<void> => {
  for (let position = start; position < end; ) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, end - position), position)
    if (bytesRead === 0) return
    hash.update(chunk.subarray(0, bytesRead))
    position += bytesRead
  }
}
