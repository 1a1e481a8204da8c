import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { thisProcess } from "../../../../runtime/disk/process.ts"
import { remoteLeases } from "../../../../runtime/store/remote/life/remote-leases.ts"
import { signName, signText } from "../../../../runtime/store/remote/life/sign.ts"
import { folderStore } from "../../../../runtime/store/remote/objects/folder.ts"
import type { ObjectStore } from "../../../../runtime/store/remote/objects/object-store.ts"
import { namesIn } from "./object-store-laws.ts"

const key = "a".repeat(64)
const elsewhere = { ...thisProcess(), host: "another", namespace: "pid:[1]", boot: "another" }

const newStore = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-leases-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return { root, objects: folderStore(root) }
}

const giveSign = (objects: ObjectStore, tag: string): Promise<unknown> => {
  const sign = { ...elsewhere, since: 0, collection: null, objects: [], uses: 0 }
  return Effect.runPromise(objects.write(signName(tag), signText(sign), { ifAbsent: false }))
}

const holdBy = (objects: ObjectStore, tag: string, generation = 1): Promise<unknown> => {
  const lease = JSON.stringify({ ...elsewhere, tag, since: "2026-01-01T00:00:00.000Z" })
  return Effect.runPromise(objects.write(`leases/${key}/${String(generation).padStart(6, "0")}`, Buffer.from(lease), { ifAbsent: false }))
}

/** Eight processes ask at once, and hold what they get until all have asked. */
const askAtOnce = async (objects: ObjectStore): Promise<number> => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const tags = Array.from({ length: 8 }, (_, index) => `taker-${index}`)
  for (const tag of tags) await giveSign(objects, tag)
  let asked = 0
  const got = await Promise.all(
    tags.map((tag) =>
      Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const mine = yield* remoteLeases(objects, tag).tryLease(key)
            asked += 1
            if (asked === tags.length) open()
            yield* Effect.promise(() => gate)
            return mine
          }),
        ),
      ),
    ),
  )
  return got.filter((mine) => mine).length
}

test("of eight processes one gets a lease, and nothing is left of it afterwards", async () => {
  const { objects } = newStore()
  expect(await askAtOnce(objects)).toBe(1)
  expect(await namesIn(objects, "leases/")).toEqual([])
})

test("of eight processes one takes over the lease of a process that is dead, however often it was taken over before", async () => {
  const { objects } = newStore()
  await holdBy(objects, "dead", 1)
  await holdBy(objects, "dead too", 2)
  expect(await askAtOnce(objects)).toBe(1)
  expect(await namesIn(objects, "leases/")).toEqual([])
})

test("a lease belongs to its process while that gives signs of life, and twenty silent seconds longer", async () => {
  const { root, objects } = newStore()
  await holdBy(objects, "holder")
  await giveSign(objects, "holder")
  const silentFor = (seconds: number) => {
    const date = new Date(Date.now() - seconds * 1000)
    fs.utimesSync(path.join(root, signName("holder")), date, date)
  }
  const ask = () => {
    const leases = remoteLeases(objects, "asker")
    return Effect.runPromise(Effect.scoped(Effect.map(leases.tryLease(key), (mine) => ({ mine, host: leases.holder(key)?.host }))))
  }
  expect(await ask()).toEqual({ mine: false, host: "another" })
  silentFor(18)
  expect((await ask()).mine).toBe(false)
  silentFor(22)
  expect((await ask()).mine).toBe(true)
})
