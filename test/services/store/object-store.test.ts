import { afterAll, beforeAll, describe } from "vitest"
import { s3Store } from "../../../runtime/store/remote/s3/s3-store.ts"
import { objectStoreLaws } from "../../runtime/store/remote/object-store-laws.ts"
import { moto, newFolder, notTested, type S3Server, startMoto, startVersitygw, versitygw } from "../support/s3.ts"

const servers = [
  { name: "moto", program: moto, start: startMoto, isAtomic: false },
  { name: "versitygw", program: versitygw, start: () => startVersitygw(newFolder()), isAtomic: true },
]

for (const { name, program, start, isAtomic } of servers) {
  if (program === null) notTested(name)
  describe.skipIf(program === null)(`a bucket of ${name}`, () => {
    let server: S3Server
    let count = 0
    beforeAll(async () => {
      server = await start()
      await server.makeBucket("laws")
    })
    afterAll(() => server?.stop())
    objectStoreLaws(
      () => {
        count += 1
        return s3Store({ bucket: "laws", prefix: `some/prefix ${count}`, access: server.access })
      },
      { isAtomic },
    )
  })
}
