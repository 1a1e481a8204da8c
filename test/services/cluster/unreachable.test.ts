import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Cluster, openCluster } from "../support/cluster.ts"
import { freePort, type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"

describe.skipIf(postgresPrograms === null)("a database that cannot be used", () => {
  let postgres: Postgres
  let cluster: Cluster
  beforeAll(async () => {
    postgres = await startPostgres()
    cluster = openCluster(await postgres.newDatabase(), {})
  })
  afterAll(() => postgres?.stop())

  const saysOf = async (url: string): Promise<string> => {
    const { code, stdout, stderr } = await cluster.assay(["workers"], { ASSAY_DATABASE_URL: url })
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr.trim().split("\n")).toHaveLength(1)
    expect(stderr).not.toContain("secret")
    return stderr
  }

  test("is named with what the server or the system says, in one line, without the password", async () => {
    const at = `postgres://assay:secret@127.0.0.1:${postgres.port}`
    expect(await saysOf(`${at}/nothing`)).toContain('database "nothing" does not exist')
    expect(await saysOf(`${at}/cluster1?sslmode=require`)).toContain("does not support TLS")
    expect(await saysOf(`postgres://assay:secret@127.0.0.1:${await freePort()}/cluster1`)).toContain("ECONNREFUSED")
    expect(await saysOf("mysql://assay:secret@127.0.0.1/cluster1")).toContain('protocol: "mysql:"')
    expect(await saysOf("postgres://assay:sec ret@host:port/x")).toContain("Invalid URL")
  })

  test("is one too in which the user may make no table", async () => {
    const url = `postgres://assay@127.0.0.1:${postgres.port}/cluster1`
    await query(url, "CREATE ROLE guest LOGIN")
    await query(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    expect(await saysOf(`postgres://guest:secret@127.0.0.1:${postgres.port}/cluster1`)).toContain("permission denied for schema public")
  })
})
