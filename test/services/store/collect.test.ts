import { afterAll, beforeAll, describe } from "vitest"
import { collectLaws } from "../../runtime/store/remote/collect-laws.ts"
import { moto, notTested, type S3Server, startMoto } from "../support/s3.ts"
import { sharedStoreIn } from "../support/shared-store.ts"

if (moto === null) notTested("moto")
describe.skipIf(moto === null)("a store in a bucket of moto", () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startMoto()
    await server.makeBucket("shared")
  })
  afterAll(() => server?.stop())
  collectLaws(() => sharedStoreIn(server, "shared"))
})
