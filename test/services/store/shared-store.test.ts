import { afterAll, beforeAll, describe } from "vitest"
import { sharedStoreLaws } from "../../runtime/store/remote/shared-store-laws.ts"
import { moto, newFolder, notTested, type S3Server, startMoto, startVersitygw, versitygw } from "../support/s3.ts"
import { sharedStoreIn } from "../support/shared-store.ts"

const servers = [
  { name: "moto", program: moto, start: startMoto },
  { name: "versitygw", program: versitygw, start: () => startVersitygw(newFolder()) },
]

for (const { name, program, start } of servers) {
  if (program === null) notTested(name)
  describe.skipIf(program === null)(`a store in a bucket of ${name}`, () => {
    let server: S3Server
    beforeAll(async () => {
      server = await start()
      await server.makeBucket("shared")
    })
    afterAll(() => server?.stop())
    sharedStoreLaws(() => sharedStoreIn(server, "shared"))
  })
}
