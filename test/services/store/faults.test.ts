import { createHash } from "node:crypto"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { loadPipeline, run as runPipeline } from "../../../runtime/index.ts"
import { layout } from "../../../runtime/store/layout.ts"
import { Patience } from "../../../runtime/store/remote/objects/patience.ts"
import { objectFetcher } from "../../../runtime/store/remote/results/fetch-object.ts"
import { s3Store } from "../../../runtime/store/remote/s3/s3-store.ts"
import { recorded } from "../../runtime/project.ts"
import { collect, randomFile } from "../../runtime/store/remote/object-store-laws.ts"
import { machineOn, openAll } from "../../runtime/store/remote/shared-store-laws.ts"
import { faultyServer } from "../support/faults.ts"
import { overwritingServer } from "../support/overwriting.ts"
import { accessTo, key, moto, newFolder, notTested, type S3Server, secret, startMoto } from "../support/s3.ts"

if (moto === null) notTested("moto")
describe.skipIf(moto === null)("a bucket behind a bad connection", () => {
  let server: S3Server
  let count = 0
  beforeAll(async () => {
    server = await startMoto()
    await server.makeBucket("faults")
  })
  afterAll(() => server?.stop())

  const open = async () => {
    count += 1
    const faulty = await faultyServer(server.endpoint)
    const prefix = `p${count}`
    return {
      faulty,
      store: s3Store({ bucket: "faults", prefix, access: accessTo(faulty.endpoint) }),
      direct: s3Store({ bucket: "faults", prefix, access: server.access }),
      environment: {
        ASSAY_STORE: `s3://faults/${prefix}`,
        AWS_ENDPOINT_URL: faulty.endpoint,
        AWS_ACCESS_KEY_ID: key,
        AWS_SECRET_ACCESS_KEY: secret,
      },
    }
  }
  const run = Effect.runPromise

  test("a server that is down for three seconds is waited for", async () => {
    const { faulty, store } = await open()
    await faulty.down(3_000)
    const begun = performance.now()
    await run(store.write("a", Buffer.from("a"), { ifAbsent: true }))
    expect(performance.now() - begun).toBeGreaterThan(2_500)
    expect((await run(store.read("a")))?.bytes.toString()).toBe("a")
  })

  test("a server that is busy is asked again when it says so, and one that stays away is given up", async () => {
    const { faulty, store } = await open()
    let refused = 0
    faulty.fault = () => {
      refused += 1
      return refused <= 2 ? { type: "refuse", status: 503, code: "SlowDown", retryAfter: 1 } : null
    }
    const begun = performance.now()
    await run(store.write("a", Buffer.from("a"), { ifAbsent: true }))
    expect(performance.now() - begun).toBeGreaterThan(2_000)
    faulty.fault = () => ({ type: "refuse", status: 500, code: "InternalError" })
    const asked = Effect.provideService(store.read("a"), Patience, "2 seconds")
    await expect(run(asked)).rejects.toMatchObject({ kind: "unreachable", message: expect.stringContaining("InternalError") })
  })

  test("what does not heal fails at once, and says what to do", async () => {
    const { faulty, store } = await open()
    for (const [status, code, kind, words] of [
      [403, "SignatureDoesNotMatch", "credentials", "AWS_SECRET_ACCESS_KEY"],
      [403, "RequestTimeTooSkewed", "clock", "set this machine's clock"],
      [403, "AccessDenied", "forbidden", "ask the owner"],
      [404, "NoSuchBucket", "no bucket", "create it"],
      [400, "InvalidRequest", "refused", "the server answers 400"],
    ] as const) {
      faulty.requests.length = 0
      faulty.fault = () => ({ type: "refuse", status, code })
      await expect(run(store.read("a"))).rejects.toMatchObject({ kind, message: expect.stringContaining(words) })
      expect(faulty.requests).toHaveLength(1)
    }
  })

  test("a transfer that is cut goes on where it was, and one whose end is lost is asked for again", async () => {
    const { faulty, store, direct } = await open()
    const { file, digest, content } = randomFile(40 << 20)
    const object = `objects/${digest.slice(0, 2)}/${digest.slice(2)}`
    await run(direct.upload(object, file, { ifAbsent: true }))
    let cuts = 0
    faulty.fault = ({ url }) => {
      cuts += 1
      return url.includes("/objects/") && cuts <= 5 ? { type: "cut", afterBytes: 1_000_000 } : null
    }
    expect((await collect(store, object)).equals(content)).toBe(true)
    expect(cuts).toBe(6)
    const places = layout(newFolder())
    const fetched = () => run(objectFetcher(places, store, new Map())({ name: "policy", object: digest, bytes: content.length }))
    cuts = 0
    expect(await fetched()).toBe(true)
    const small = randomFile(100_000)
    const name = `objects/${small.digest.slice(0, 2)}/${small.digest.slice(2)}`
    await run(direct.upload(name, small.file, { ifAbsent: true }))
    let truncated = false
    faulty.fault = () => {
      if (truncated) return null
      truncated = true
      return { type: "truncate", toBytes: 5_000 }
    }
    expect(await run(objectFetcher(places, store, new Map())({ name: "s", object: small.digest, bytes: 100_000 }))).toBe(true)
  })

  test("an upload that broke off goes on: parts that are there are not sent again", async () => {
    const { faulty, store } = await open()
    const { file, digest, content } = randomFile(100 << 20)
    let parts = 0
    faulty.fault = ({ url, method }) => {
      if (method !== "PUT" || !url.includes("partNumber")) return null
      parts += 1
      return parts > 4 ? { type: "refuse", status: 403, code: "AccessDenied" } : null
    }
    await expect(run(store.upload(digest, file, { ifAbsent: true }))).rejects.toMatchObject({ kind: "forbidden" })
    expect(await run(store.head(digest))).toBeNull()
    faulty.fault = () => null
    faulty.requests.length = 0
    expect((await run(store.upload(digest, file, { ifAbsent: true }))).state).toBe("written")
    const sent = faulty.requests.filter(({ method, url }) => method === "PUT" && url.includes("partNumber"))
    expect(sent.length).toBeLessThanOrEqual(3)
    const hash = createHash("sha256").update(await collect(store, digest))
    expect(hash.digest("hex")).toBe(digest)
    expect(content.length).toBe(100 << 20)
  })

  test("a key that may only read gives a read-only cache: results are read, what is computed stays here, and it is said once", async () => {
    const { faulty, environment, direct } = await open()
    const store = { environment, objects: direct }
    const first = await machineOn(store).run()
    faulty.fault = ({ method }) => (method === "GET" || method === "HEAD" ? null : { type: "refuse", status: 403, code: "AccessDenied" })
    const reader = machineOn(store)
    expect((await reader.run()).stages.every(({ outcome }) => outcome === "cached")).toBe(true)
    await openAll(reader, first)
    reader.edit("pipeline.ts", "count: 20", "count: 21")
    const [own, events] = await reader.provided(recorded(Effect.flatMap(loadPipeline(`${reader.root}/pipeline.ts`), runPipeline)))
    const said = events.filter((event) => event.type === "warning" && event.message.includes("can be read but not written with this key"))
    expect(said).toHaveLength(1)
    expect(own.outcome).toBe("done")
    expect(own.stages.some(({ outcome }) => outcome === "finished")).toBe(true)
    expect((await reader.run()).stages.every(({ outcome }) => outcome === "cached")).toBe(true)
    expect((await machineOn(store).plan()).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
    faulty.fault = () => null
    // With the right to write, what only this machine had goes to the store.
    await reader.run()
    const other = machineOn(store)
    other.edit("pipeline.ts", "count: 20", "count: 21")
    expect((await other.plan()).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
  })

  test("a run goes on through a store that is away for a while, slow, and drops connections", async () => {
    const { faulty, environment, direct } = await open()
    let requests = 0
    faulty.fault = () => {
      requests += 1
      if (requests % 7 === 0) return { type: "drop" }
      return requests % 5 === 0 ? { type: "delay", ms: 300 } : null
    }
    const machine = machineOn({ environment, objects: direct })
    const done = machine.run()
    setTimeout(() => void faulty.down(3_000), 1_000)
    const summary = await done
    expect(summary.outcome).toBe("done")
    faulty.fault = () => null
    await openAll(machineOn({ environment, objects: direct }), summary)
  })
})

test("a server that overwrites what it should leave alone is refused by name", async () => {
  const endpoint = await overwritingServer()
  const environment = { ASSAY_STORE: "s3://bucket/p", AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret }
  const machine = machineOn({ environment, objects: s3Store({ bucket: "bucket", prefix: "p", access: accessTo(endpoint) }) })
  await expect(machine.run()).rejects.toThrow(/s3:\/\/bucket\/p cannot be written: its server overwrites.*use Amazon S3/)
})
