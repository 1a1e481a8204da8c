import { createHash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { expect, onTestFinished, test } from "vitest"
import type { ByteRange, ObjectStore } from "../../../../runtime/store/remote/objects/object-store.ts"

const bytes = (text: string): Buffer => Buffer.from(text)

export const collect = (store: ObjectStore, name: string, range: ByteRange | null = null): Promise<Buffer> =>
  Effect.runPromise(Effect.map(Stream.runCollect(store.stream(name, range)), (chunks) => Buffer.concat(chunks)))

export const namesIn = (store: ObjectStore, prefix: string, after?: string): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(Effect.map(Stream.runCollect(store.list(prefix, after)), (pages) => pages.flat().map(({ name }) => name)))

/** A file with bytes that no other has, and their SHA-256. */
export const randomFile = (length: number): { readonly file: string; readonly digest: string; readonly content: Buffer } => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-object-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const content = randomBytes(length)
  const file = path.join(folder, "file")
  fs.writeFileSync(file, content)
  return { file, digest: createHash("sha256").update(content).digest("hex"), content }
}

/**
 * What a shared store relies on, whatever keeps its objects. `make` gives an empty store. A server
 * that is not atomic looks whether an object is there, and writes it later: there writers come one
 * after the other.
 */
export const objectStoreLaws = (make: () => ObjectStore, { isAtomic = true }: { readonly isAtomic?: boolean } = {}): void => {
  const run = Effect.runPromise

  test("an object is read as it was written, by parts too, and what is not there is null", async () => {
    const store = make()
    expect(await run(store.read("runs/a.json"))).toBeNull()
    expect(await run(store.head("runs/a.json"))).toBeNull()
    expect((await collect(store, "runs/a.json")).length).toBe(0)
    const { etag } = await run(store.write("runs/a.json", bytes("0123456789"), { ifAbsent: false }))
    const read = await run(store.read("runs/a.json"))
    expect(read?.bytes.toString()).toBe("0123456789")
    expect(read?.facts).toMatchObject({ name: "runs/a.json", bytes: 10, etag })
    expect(await run(store.head("runs/a.json"))).toEqual(read?.facts)
    expect((await collect(store, "runs/a.json")).toString()).toBe("0123456789")
    expect((await collect(store, "runs/a.json", { start: 2, end: 5 })).toString()).toBe("234")
  })

  test("an object that is written again has another etag, also where its length is the same", async () => {
    const store = make()
    const first = await run(store.write("a", bytes("one"), { ifAbsent: false }))
    const second = await run(store.write("a", bytes("two"), { ifAbsent: false }))
    expect(second.etag).not.toBe(first.etag)
    expect((await run(store.head("a")))?.etag).toBe(second.etag)
  })

  test("of eight writers of an absent object one succeeds, and what it wrote stays", async () => {
    const store = make()
    const texts = Array.from({ length: 8 }, (_, index) => `writer ${index}`)
    const written = await run(
      Effect.forEach(texts, (text) => store.write("leases/key/1", bytes(text), { ifAbsent: true }), { concurrency: "unbounded" }),
    )
    const winners = texts.filter((_, index) => written[index]?.state === "written")
    expect(winners).toHaveLength(1)
    expect((await run(store.read("leases/key/1")))?.bytes.toString()).toBe(winners[0])
  })

  test("a listing has every object below a prefix in order, over pages, and can begin after a name", async () => {
    const store = make()
    const names = Array.from({ length: 1034 }, (_, index) => `results/${String(index).padStart(4, "0")}`)
    await run(
      Effect.forEach([...names, "running/a", "result"], (name) => store.write(name, bytes(name), { ifAbsent: false }), { concurrency: 16 }),
    )
    expect(await namesIn(store, "results/")).toEqual(names)
    expect(await namesIn(store, "results/10")).toEqual(names.slice(1000))
    expect(await namesIn(store, "results/", "results/1029")).toEqual(names.slice(1030))
    expect(await namesIn(store, "packs/")).toEqual([])
    const [page] = await run(Stream.runCollect(store.list("results/1033")))
    expect(page?.[0]).toEqual(await run(store.head("results/1033")))
  })

  test("a file is uploaded under the name of its content, once", async () => {
    const store = make()
    const { file, digest, content } = randomFile(100_000)
    expect((await run(store.upload(digest, file, { ifAbsent: true }))).state).toBe("written")
    expect((await run(store.upload(digest, file, { ifAbsent: true }))).state).toBe("exists")
    expect((await collect(store, digest)).equals(content)).toBe(true)
  })

  test("an empty object is an object", async () => {
    const store = make()
    const { file } = randomFile(0)
    expect((await run(store.upload("empty", file, { ifAbsent: true }))).state).toBe("written")
    expect((await run(store.read("empty")))?.bytes.length).toBe(0)
    expect((await collect(store, "empty")).length).toBe(0)
  })

  test("objects are copied and removed, also those that are gone", async () => {
    const store = make()
    await run(store.write("objects/ab/c", bytes("damaged"), { ifAbsent: false }))
    expect(await run(store.copy("objects/ab/c", "quarantine/objects-ab-c"))).toBe(true)
    expect(await run(store.copy("objects/ab/d", "quarantine/objects-ab-d"))).toBe(false)
    await run(store.remove(["objects/ab/c", "objects/ab/d"]))
    expect(await run(store.head("objects/ab/c"))).toBeNull()
    expect((await run(store.read("quarantine/objects-ab-c")))?.bytes.toString()).toBe("damaged")
  })

  test("a file that is uploaded again replaces what was there, and counts as written now", async () => {
    const store = make()
    const { file, content } = randomFile(1_000)
    await run(store.write("a", bytes("before"), { ifAbsent: false }))
    const before = (await run(store.head("a")))?.modified ?? 0
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await run(store.upload("a", file, { ifAbsent: false }))).state).toBe("written")
    expect((await run(store.head("a")))?.modified).toBeGreaterThan(before)
    expect((await run(store.read("a")))?.bytes.equals(content)).toBe(true)
  })

  test("of writers at once one succeeds again and again, also where others empty the prefix", async () => {
    const store = make()
    const writers = [0, 1, 2, 3]
    const compete = Effect.fnUntraced(function* (name: string) {
      const write = (writer: number) => store.write(name, bytes(`writer ${writer}`), { ifAbsent: true })
      const written = yield* Effect.forEach(writers, write, { concurrency: isAtomic ? "unbounded" : 1 })
      expect(written.filter(({ state }) => state === "written")).toHaveLength(1)
      yield* store.remove([name])
    })
    const names = (place: number) => Array.from({ length: 25 }, (_, round) => `leases/${place % 2}/${place}/${round}`)
    await run(Effect.forEach(writers, (place) => Effect.forEach(names(place), compete), { concurrency: "unbounded", discard: true }))
    expect(await namesIn(store, "leases/")).toEqual([])
  })

  test("its clock dates what is written", async () => {
    const store = make()
    const before = await run(store.now)
    await run(store.write("a", bytes("a"), { ifAbsent: false }))
    const modified = (await run(store.head("a")))?.modified ?? 0
    expect(Math.abs(modified - before)).toBeLessThan(5_000)
  })
}
