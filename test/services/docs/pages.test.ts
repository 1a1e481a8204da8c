/** Pages whose commands need a database and a bucket, run as they say. */

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parsePage, writtenPages } from "../../docs/page.ts"
import { firstSurprise } from "../../docs/run.ts"
import { freePort, type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"
import { moto, notTested } from "../support/s3.ts"

if (moto === null) notTested("moto")

const pages = writtenPages().filter(({ needsServices }) => needsServices)

describe.skipIf(postgresPrograms === null || moto === null)("a page that needs services", () => {
  let postgres: Postgres
  let folder: string
  const { PATH: path = "" } = process.env
  beforeAll(async () => {
    postgres = await startPostgres()
    folder = await mkdtemp(join(tmpdir(), "assay-sudo-"))
    process.env.PATH = `${folder}${delimiter}${path}`
    // The page's reader becomes the user postgres of a server that Debian has started.
    const sudo = `#!/bin/sh
[ "$1 $2 $3" = "-u postgres psql" ] || { echo "a page runs sudo $*" >&2; exit 1; }
shift 3
exec psql postgres://assay@127.0.0.1:${postgres.port}/postgres "$@"
`
    await writeFile(join(folder, "sudo"), sudo)
    await chmod(join(folder, "sudo"), 0o755)
  })
  afterAll(async () => {
    process.env.PATH = path
    await rm(folder, { recursive: true, force: true })
    await postgres?.stop()
  })

  test("is the guide to clusters", () => {
    expect(pages.map((page) => page.path)).toEqual(["docs/guides/cluster.md"])
  })

  test.each(pages)(
    "$path does what it says, on ports that are free here",
    async (page) => {
      const port = await freePort()
      const text = page.text
        .replaceAll("localhost:5432", `127.0.0.1:${postgres.port}`)
        .replaceAll("127.0.0.1:9000", `127.0.0.1:${port}`)
        .replaceAll("-p 9000", `-p ${port}`)
      expect(await firstSurprise(parsePage(page.path, text))).toBeUndefined()
    },
    1_500_000,
  )
})
