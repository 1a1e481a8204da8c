import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { type Layout, layout } from "../../../../runtime/store/layout.ts"
import { folderStore } from "../../../../runtime/store/remote/objects/folder.ts"
import type { ObjectStore } from "../../../../runtime/store/remote/objects/object-store.ts"
import { catalogueOf } from "../../../../runtime/store/remote/results/catalogue.ts"
import { readPack, writePack } from "../../../../runtime/store/remote/results/pack.ts"
import { packsOf } from "../../../../runtime/store/remote/results/packs.ts"
import { seal } from "../../../../runtime/store/results/seal.ts"
import { namesIn } from "./object-store-laws.ts"

const newFolder = (): string => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-packs-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return root
}

const keyOf = (index: number): string => index.toString(16).padStart(64, "0")

const host = { name: "host", platform: "linux", node: "v20", cpu: "cpu" }

const textOf = (key: string, seconds = 1): string =>
  seal({ format: 1, key, stage: "make", vector: [], outputs: {}, seconds, created: "2026-01-01T00:00:00.000Z", host })

/** A store that counts what is read from it one by one. */
const counting = (objects: ObjectStore) => {
  const reads: Array<string> = []
  const read: ObjectStore["read"] = (name) => {
    reads.push(name)
    return objects.read(name)
  }
  return { reads, objects: { ...objects, read } }
}

const putResult = async (objects: ObjectStore, places: Layout, key: string, seconds = 1) => {
  const name = path.relative(places.root, places.result(key))
  const { etag } = await Effect.runPromise(objects.write(name, Buffer.from(textOf(key, seconds)), { ifAbsent: false }))
  return { name, etag, text: textOf(key, seconds) }
}

test("results that are in packs are found without a request for each, and a pack that is not current is not used", async () => {
  const { objects, reads } = counting(folderStore(newFolder()))
  const places = layout(newFolder())
  const packs = packsOf(places, objects)
  for (let index = 0; index < 50; index += 1) packs.add(await putResult(objects, places, keyOf(index)), "written")
  await Effect.runPromise(packs.write(() => true))
  await putResult(objects, places, keyOf(7), 2)
  const fresh = layout(newFolder())
  const catalogue = catalogueOf(fresh, objects, packsOf(fresh, objects))
  reads.length = 0
  for (let index = 0; index < 50; index += 1) {
    const found = await Effect.runPromise(catalogue.find(keyOf(index)))
    expect(found).toMatchObject({ state: "whole", manifest: { seconds: index === 7 ? 2 : 1 } })
  }
  expect(reads.filter((name) => name.startsWith("packs/"))).toHaveLength(1)
  expect(reads.filter((name) => name.startsWith("results/"))).toContain(`results/00/${keyOf(7)}.json`)
  expect(reads.length).toBeLessThan(10)
})

test("what is in no pack is read ahead, and a key that the listing does not have is asked for after two seconds", async () => {
  const { objects, reads } = counting(folderStore(newFolder()))
  const places = layout(newFolder())
  for (let index = 0; index < 20; index += 1) await putResult(objects, places, keyOf(index))
  const catalogue = catalogueOf(places, objects, packsOf(places, objects))
  const find = (index: number) => Effect.runPromise(catalogue.find(keyOf(index)))
  expect(await find(0)).toMatchObject({ state: "whole" })
  expect(await find(99)).toBeNull()
  await putResult(objects, places, keyOf(99))
  expect(await find(99)).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  expect(await find(99)).toMatchObject({ state: "whole" })
  for (let index = 0; index < 20; index += 1) await find(index)
  expect(new Set(reads).size).toBe(reads.length)
})

test("a key that a process has just got the right to compute is asked for at once", async () => {
  const objects = folderStore(newFolder())
  const places = layout(newFolder())
  const catalogue = catalogueOf(places, objects, packsOf(places, objects))
  expect(await Effect.runPromise(catalogue.find(keyOf(1)))).toBeNull()
  await putResult(objects, places, keyOf(1))
  catalogue.forget(keyOf(1))
  expect(await Effect.runPromise(catalogue.find(keyOf(1)))).toMatchObject({ state: "whole" })
})

test("a run in progress packs many results at a time, and few only at its end", async () => {
  const objects = folderStore(newFolder())
  const places = layout(newFolder())
  const packs = packsOf(places, objects)
  for (let index = 0; index < 9; index += 1) packs.add(await putResult(objects, places, keyOf(index)), "written")
  await Effect.runPromise(packs.write(() => true, 10))
  expect(await namesIn(objects, "packs/")).toEqual([])
  packs.add(await putResult(objects, places, keyOf(9)), "written")
  await Effect.runPromise(packs.write(() => true, 10))
  expect(await namesIn(objects, "packs/")).toHaveLength(1)
  await Effect.runPromise(packs.write(() => true))
  expect(await namesIn(objects, "packs/")).toHaveLength(1)
  packs.add(await putResult(objects, places, keyOf(10)), "written")
  await Effect.runPromise(packs.write(() => true))
  expect(await namesIn(objects, "packs/")).toHaveLength(2)
})

test("many small packs become one, without what the store does not have any more", async () => {
  const objects = folderStore(newFolder())
  const places = layout(newFolder())
  for (let index = 0; index < 33; index += 1) {
    const packs = packsOf(places, objects)
    packs.add(await putResult(objects, places, keyOf(index)), "written")
    await Effect.runPromise(packs.write(({ name }) => !name.includes(keyOf(3))))
  }
  const names = await namesIn(objects, "packs/")
  expect(names).toHaveLength(1)
  const packed = await readPack((await Effect.runPromise(objects.read(names[0] ?? "")))?.bytes ?? Buffer.alloc(0))
  expect(packed).toHaveLength(32)
  expect(fs.readdirSync(places.packs)).toHaveLength(1)
})

test("a damaged pack, or one of another version, holds nothing", async () => {
  expect(await readPack(Buffer.from("not a pack"))).toEqual([])
  const whole = await writePack([{ name: "a", etag: "b", text: "c\n" }])
  expect(await readPack(whole)).toEqual([{ name: "a", etag: "b", text: "c\n" }])
  expect(await readPack(whole.subarray(0, whole.length - 4))).toEqual([])
})
