import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { s3Store } from "../../../runtime/store/remote/s3/s3-store.ts"
import { collect, randomFile } from "../../runtime/store/remote/object-store-laws.ts"
import { machineOn, openAll } from "../../runtime/store/remote/shared-store-laws.ts"
import { accessTo, freePort, newFolder, notTested, secret, startVersitygw, versitygw } from "../support/s3.ts"
import { sharedStoreIn } from "../support/shared-store.ts"

if (versitygw === null) notTested("versitygw")
describe.skipIf(versitygw === null)("a store in a bucket of versitygw", () => {
  test("is refused with a wrong secret or an unknown key, and says what to check", async () => {
    const server = await startVersitygw(newFolder())
    await server.makeBucket("shared")
    for (const access of [accessTo(server.endpoint, "wrong-secret"), accessTo(server.endpoint, secret, "UNKNOWN")]) {
      const store = s3Store({ bucket: "shared", prefix: "p", access })
      await expect(Effect.runPromise(store.read("identity"))).rejects.toMatchObject({ kind: "credentials" })
      await expect(Effect.runPromise(store.write("a", Buffer.from("a"), { ifAbsent: true }))).rejects.toMatchObject({
        kind: "credentials",
        message: expect.stringContaining("AWS_SECRET_ACCESS_KEY"),
      })
    }
    const wrong = { ...sharedStoreIn(server, "shared").environment, AWS_SECRET_ACCESS_KEY: "wrong-secret" }
    const machine = machineOn({ environment: wrong, objects: s3Store({ bucket: "shared", prefix: "p", access: server.access }) })
    await expect(machine.plan()).rejects.toMatchObject({ _tag: "StoreNotReadable" })
    await server.stop()
  })

  test("outlives its server, which may be started again while a run goes on", async () => {
    const [folder, port] = [newFolder(), await freePort()]
    const server = await startVersitygw(folder, port)
    await server.makeBucket("shared")
    const store = sharedStoreIn(server, "shared")
    const machine = machineOn(store)
    const running = machine.run()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await server.stop()
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const again = await startVersitygw(folder, port)
    const summary = await running
    expect(summary.outcome).toBe("done")
    const other = machineOn(store)
    expect((await other.run()).stages.every(({ outcome }) => outcome === "cached")).toBe(true)
    await openAll(other, summary)
    await again.stop()
  })

  test("takes a long object in parts, and goes on with an upload that another process began", async () => {
    const server = await startVersitygw(newFolder())
    await server.makeBucket("shared")
    const { objects } = sharedStoreIn(server, "shared")
    const { file, digest, content } = randomFile(50 << 20)
    const upload = Effect.runPromise(objects.upload(digest, file, { ifAbsent: true }))
    const both = await Promise.all([upload, Effect.runPromise(objects.upload(digest, file, { ifAbsent: true }))])
    expect(both.map(({ state }) => state)).toContain("written")
    expect((await collect(objects, digest)).equals(content)).toBe(true)
    await server.stop()
  })

  test("holds the secret nowhere, and neither does the folder in front of it", async () => {
    const folder = newFolder()
    const server = await startVersitygw(folder)
    await server.makeBucket("shared")
    const machine = machineOn(sharedStoreIn(server, "shared"))
    await machine.run()
    const texts = [folder, machine.root].flatMap((root) =>
      fs
        .readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1")),
    )
    expect(texts.length).toBeGreaterThan(20)
    expect(texts.filter((text) => text.includes(secret))).toEqual([])
    await server.stop()
  })
})
