import * as fs from "node:fs"
import * as path from "node:path"
import { AwsV4Signer } from "aws4fetch"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { layout } from "../../../runtime/store/layout.ts"
import { objectFetcher } from "../../../runtime/store/remote/results/fetch-object.ts"
import { s3Store } from "../../../runtime/store/remote/s3/s3-store.ts"
import { namesIn, randomFile } from "../../runtime/store/remote/object-store-laws.ts"
import { faultyServer } from "../support/faults.ts"
import { key, moto, newFolder, notTested, type S3Server, secret, startMoto, startVersitygw, versitygw } from "../support/s3.ts"
import { sweepProject } from "../support/sweep-project.ts"

if (moto === null) notTested("moto")
describe.skipIf(moto === null)("a thousand stages in a bucket of moto", () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startMoto()
    await server.makeBucket("thousand")
  })
  afterAll(() => server?.stop())

  test("are planned with an empty cache in three seconds, by a few requests", async () => {
    const counting = await faultyServer(server.endpoint)
    const environment = {
      ASSAY_STORE: "s3://thousand/p",
      ASSAY_STORE_CACHE: "cache",
      AWS_ENDPOINT_URL: counting.endpoint,
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: secret,
    }
    const user = sweepProject(1000, environment)
    const summary = await user.run()
    expect(summary.stages.every(({ outcome }) => outcome === "finished")).toBe(true)
    const timed = async () => {
      const begun = performance.now()
      const plan = await user.plan()
      expect(plan.stages.every(({ verdict }) => verdict === "cached")).toBe(true)
      return (performance.now() - begun) / 1000
    }
    await timed()
    fs.rmSync(path.join(user.root, "cache"), { recursive: true })
    counting.requests.length = 0
    const cold = await timed()
    const requests = counting.requests.length
    const warm = await timed()
    console.log(
      `plan of 1,000 cached stages: ${cold.toFixed(2)} s and ${requests} requests with an empty cache, ${warm.toFixed(2)} s with a full one`,
    )
    expect(requests).toBeLessThan(20)
    expect(cold).toBeLessThan(3)
    const store = s3Store({ bucket: "thousand", prefix: "p", access: server.access })
    await Effect.runPromise(store.remove(await namesIn(store, "packs/")))
    fs.rmSync(path.join(user.root, "cache"), { recursive: true })
    console.log(`without packs ${(await timed()).toFixed(2)} s`)
  })
})

if (versitygw === null) notTested("versitygw")
describe.skipIf(versitygw === null)("an object of 500 MB in a bucket of versitygw", () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startVersitygw(newFolder())
    await server.makeBucket("big")
  })
  afterAll(() => server?.stop())

  test("is sent and read in less than 100 MB of memory, and read at 70 % of the rate of a plain fetch into a file", async () => {
    const bytes = 500 << 20
    const { file, digest } = randomFile(bytes)
    const store = s3Store({ bucket: "big", prefix: "p", access: server.access })
    const name = `objects/${digest.slice(0, 2)}/${digest.slice(2)}`
    const sent = await measured(() => Effect.runPromise(store.upload(name, file, { ifAbsent: true })))
    const plain: Array<number> = []
    const ours: Array<number> = []
    const memory: Array<number> = []
    // The middle of five ratios of neighbours: other programs use the machine too.
    for (let round = 0; round < 5; round += 1) {
      const folder = newFolder()
      plain.push((await measured(() => plainFetch(`${server.endpoint}/big/p/${name}`, path.join(folder, "plain")))).seconds)
      const fetched = await measured(() =>
        Effect.runPromise(objectFetcher(layout(folder), store, new Map())({ name: "policy", object: digest, bytes })),
      )
      expect(fetched.value).toBe(true)
      ours.push(fetched.seconds)
      memory.push(fetched.megabytes)
      fs.rmSync(folder, { recursive: true })
    }
    const ratio = plain.map((seconds, round) => seconds / (ours[round] as number)).sort((a, b) => a - b)[2] as number
    console.log(
      `500 MB: sent in ${sent.seconds.toFixed(1)} s (${sent.megabytes} MB of memory), read and verified in ${Math.min(...ours).toFixed(1)} s (${Math.max(...memory)} MB), plain fetch ${Math.min(...plain).toFixed(1)} s: ${Math.round(ratio * 100)} %`,
    )
    expect(Math.max(sent.megabytes, ...memory)).toBeLessThan(100)
    expect(ratio).toBeGreaterThan(0.7)
  })
})

const plainFetch = async (url: string, file: string): Promise<void> => {
  const signer = { url, method: "GET", accessKeyId: key, secretAccessKey: secret, service: "s3", region: "us-east-1" }
  const { url: signed, headers } = await new AwsV4Signer(signer).sign()
  const response = await fetch(signed, { headers })
  const handle = await fs.promises.open(file, "w")
  for await (const chunk of response.body ?? []) await handle.write(chunk)
  await handle.close()
}

/** How long it takes, and by how much memory grows meanwhile. */
const measured = async <A>(work: () => Promise<A>) => {
  global.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const begun = performance.now()
  const value = await work()
  const seconds = (performance.now() - begun) / 1000
  clearInterval(timer)
  return { value, seconds, megabytes: Math.round((most - before) / 2 ** 20) }
}
