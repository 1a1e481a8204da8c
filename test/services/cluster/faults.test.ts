import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { ObjectStore } from "../../../runtime/store/remote/objects/object-store.ts"
import { namesIn } from "../../runtime/store/remote/object-store-laws.ts"
import { numbers } from "../../slow/matrix/world.ts"
import { contents } from "../../slow/toy.ts"
import { type Cluster, openCluster, until } from "../support/cluster.ts"
import { type Fault, faultsOf, harmlessOf, hire, mountable, type Scene } from "../support/disturb.ts"
import { type FaultyServer, openFaultyServer } from "../support/faults.ts"
import { hasNetworks, type Network, openNetwork } from "../support/network.ts"
import { type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"
import { moto, newFolder, notTested, type S3Server, startMoto } from "../support/s3.ts"
import { sharedStoreIn } from "../support/shared-store.ts"
import { type Ear, openEar, stageFiles } from "../support/stages.ts"

/** `ASSAY_FAULTS` asks for another number of faults, `ASSAY_FAULTS_SEED` for another sequence. */
const asked = process.env.ASSAY_FAULTS
const seed = Number(process.env.ASSAY_FAULTS_SEED ?? 1)

const hostCount = 3

/** Six rows of stages of 0.2 to 1 s, each made from two of the row before. */
const rows = (first: number, depth: number): string => `
import { pipeline } from "assay"
import { nap } from "./stages.ts"
export default pipeline("rows", () => {
  const all = {}
  for (let n = 0; n < 6 * ${depth}; n++) {
    const before = n < 6 ? {} : { a: all["n" + (n - 6)], b: all["n" + (n % 6 === 5 ? n - 11 : n - 5)] }
    all["n" + n] = nap({ n: n + ${first}, ms: 200 + ((n * 7919 + ${first}) % 800), before })
  }
  return all
})`

/** The results and the objects of a store, in a folder. */
const copyOf = async (objects: ObjectStore): Promise<string> => {
  const folder = newFolder()
  for (const prefix of ["results/", "objects/"])
    for (const name of await namesIn(objects, prefix)) {
      const found = await Effect.runPromise(objects.read(name))
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
      fs.writeFileSync(path.join(folder, name), found?.bytes ?? "")
    }
  return folder
}

if (moto === null) notTested("moto")
const stores = [
  { kind: "folder", isTested: postgresPrograms !== null, most: 100 },
  { kind: "bucket", isTested: postgresPrograms !== null && moto !== null, most: 40 },
].filter(({ isTested }) => isTested)

describe.each(stores)("a run on a cluster whose store is a $kind", { timeout: 560_000 }, ({ kind, most }) => {
  const wanted = Number(asked ?? most)
  let network: Network | null = null
  let postgres: Postgres
  let ear: Ear
  let cluster: Cluster
  let scene: Scene
  let database: string
  let unmount: () => void = () => {}
  let server: S3Server | null = null
  /** Every result of the store, by its key. */
  let stored: () => Promise<ReadonlyMap<string, string>>
  beforeAll(async () => {
    network = hasNetworks ? openNetwork(hostCount) : null
    const host = network?.address ?? "127.0.0.1"
    postgres = await startPostgres(network === null ? [] : [host])
    ear = await openEar()
    database = await postgres.newDatabase({ host })
    let bucket: FaultyServer | null = null
    if (kind === "folder") {
      cluster = openCluster(database, stageFiles(ear))
      unmount = mountable(cluster.store)
      stored = async () => contents(cluster.store)
    } else {
      server = await startMoto()
      await server.makeBucket("faults")
      bucket = await openFaultyServer(server.endpoint, host)
      const { environment, objects } = sharedStoreIn(server, "faults", bucket.endpoint)
      cluster = openCluster(database, stageFiles(ear), environment)
      stored = async () => contents(await copyOf(objects))
    }
    const hosts = network?.hosts ?? Array(hostCount).fill(null)
    scene = { postgres, cluster, slots: 2, hosts, bucket, workers: Array(hostCount).fill(null), command: null, later: [] }
    await Promise.all(scene.workers.map((_, index) => hire(scene, index)))
  })
  afterAll(async () => {
    await Promise.allSettled(scene?.later ?? [])
    await cluster?.stop()
    await scene?.bucket?.close()
    await server?.stop()
    unmount()
    ear?.close()
    await postgres?.stop()
    network?.close()
  })

  /** The command until it ends by itself; it is started again where a fault has ended it. */
  const watched = async (): Promise<void> => {
    for (;;) {
      const command = cluster.run()
      scene.command = command
      const { code, signal, stderr } = await command.ended
      scene.command = null
      if (code === 0) return
      const isExcused = signal === "SIGKILL" || /ASSAY_DATABASE_URL names cannot be used|cannot be (written|read)/.test(stderr)
      if (!isExcused) throw new Error(`the command ends with ${code}: ${stderr.slice(-2000)}`)
    }
  }

  interface Disturbed {
    readonly faults: ReadonlyArray<string>
    /** How often stages were begun beyond the first time. */
    readonly repeats: number
    readonly mayRepeat: number
  }

  /** One run, with faults of these kinds until it ends or there were enough. */
  const disturbed = async (
    text: string,
    kinds: ReadonlyArray<Fault>,
    most: number,
    draw: (below: number) => number,
  ): Promise<Disturbed> => {
    cluster.write("pipeline.ts", text)
    ear.signs.length = 0
    const faults: Array<string> = []
    let mayRepeat = 0
    let isOver = false
    const run = watched().finally(() => (isOver = true))
    const disturb = (async () => {
      expect(await until(() => ear.signs.length > 2 || isOver, 60)).toBe(true)
      while (!isOver && faults.length < most) {
        const fault = kinds[draw(kinds.length)] as Fault
        faults.push(fault.name)
        mayRepeat += await fault.strike(scene, draw)
        await sleep(200 + draw(1800))
      }
    })()
    await Promise.all([run, disturb])
    await Promise.all(scene.later.splice(0))
    const begun = ear.signs.filter(({ type }) => type === "began")
    return { faults, repeats: begun.length - new Set(begun.map(({ n }) => n)).size, mayRepeat }
  }

  const expectUndisturbed = async (): Promise<void> => {
    const alone = contents(await cluster.local("pipeline.ts", 8))
    const here = await stored()
    for (const [key, content] of alone) expect(here.get(key)).toBe(content)
  }

  test("computes nothing twice when its command is killed, the database is started again, or the bucket is away or slow", async () => {
    const { faults, repeats } = await disturbed(rows(0, 4), harmlessOf(scene), 8, numbers(seed))
    await expectUndisturbed()
    expect(faults.length).toBeGreaterThan(2)
    expect(repeats).toBe(0)
  })

  test(`comes through ${wanted} random faults to the bytes of an undisturbed one`, async () => {
    const draw = numbers(seed)
    const counts = new Map<string, number>()
    let [struck, repeats, mayRepeat, runs] = [0, 0, 0, 0]
    for (; struck < wanted; runs += 1) {
      const one = await disturbed(rows(1000 * (runs + 1), 8), faultsOf(scene), wanted - struck, draw)
      for (const name of one.faults) counts.set(name, (counts.get(name) ?? 0) + 1)
      struck += one.faults.length
      repeats += one.repeats
      mayRepeat += one.mayRepeat
      await expectUndisturbed()
      expect(one.repeats).toBeLessThanOrEqual(one.mayRepeat)
    }
    const kinds = [...counts].map(([name, count]) => `${name}: ${count}`).join(", ")
    console.log(`${struck} faults in ${runs} runs of 48 stages (${kinds}); ${repeats} stages begun again, of ${mayRepeat} that could be`)
    expect(await until(async () => (await query(database, "SELECT 1 FROM assay_queue")).length === 0, 15)).toBe(true)
  })
})
