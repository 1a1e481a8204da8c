import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { afterAll } from "vitest"

/** A PostgreSQL server in a temporary folder, on a loopback port. */
export interface Postgres {
  readonly port: number
  /** Makes an empty database and returns its address. Any password is accepted. */
  readonly newDatabase: (options?: { readonly host?: string; readonly password?: string }) => Promise<string>
  /** Ends every connection, as a reboot does, and starts the server again. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Folder of PostgreSQL's programs; null where it is not installed. */
export const postgresPrograms: string | null = (() => {
  const debian = "/usr/lib/postgresql"
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), ...versions.map((version) => path.join(debian, version, "bin"))]
  return folders.find((folder) => ["initdb", "postgres"].every((name) => fs.existsSync(path.join(folder, name)))) ?? null
})()

if (postgresPrograms === null) console.log("not tested: clusters, because PostgreSQL is not installed")

const running = new Set<ChildProcess>()
const folders = new Set<string>()
afterAll(() => {
  for (const child of running) child.kill("SIGQUIT")
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

/** `hosts` are the addresses that it listens on, besides that of the loopback device. */
export const startPostgres = async (hosts: ReadonlyArray<string> = []): Promise<Postgres> => {
  const programs = postgresPrograms ?? ""
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-postgres-")))
  folders.add(folder)
  const data = path.join(folder, "data")
  const user = serverUser()
  if (user.uid !== undefined) fs.chownSync(folder, user.uid, user.gid ?? 0)
  const options = { ...user, cwd: folder }
  const initial = ["-D", data, "-U", "assay", "--auth=trust", "-E", "UTF8", "--no-sync"]
  execFileSync(path.join(programs, "initdb"), initial, { ...options, stdio: "ignore" })
  fs.appendFileSync(path.join(data, "pg_hba.conf"), "host all all samenet trust\n")
  const port = await freePort()
  const settings = [`listen_addresses=${["127.0.0.1", ...hosts].join(",")}`, "unix_socket_directories=", "fsync=off", "max_connections=200"]
  const start = async (): Promise<ChildProcess> => {
    const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])]
    const child = spawn(path.join(programs, "postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] })
    running.add(child)
    let log = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-4000)))
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (tries === 300 || child.exitCode !== null) throw new Error(`PostgreSQL does not start: ${log}`)
      await sleep(100)
    }
    return child
  }
  let server = await start()
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once("close", resolve))
    server.kill("SIGINT")
    await ended
    running.delete(server)
  }
  let databases = 0
  return {
    port,
    newDatabase: async ({ host = "127.0.0.1", password = "any" } = {}) => {
      databases += 1
      await query(`postgres://assay@127.0.0.1:${port}/postgres`, `CREATE DATABASE cluster${databases}`)
      return `postgres://assay:${password}@${host}:${port}/cluster${databases}`
    },
    restart: async () => {
      await end()
      server = await start()
    },
    stop: async () => {
      await end()
      fs.rmSync(folder, { recursive: true, force: true })
      folders.delete(folder)
    },
  }
}

/** The rows of a statement. */
export const query = (url: string, statement: string): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      return yield* sql.unsafe<Record<string, unknown>>(statement)
    }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1, connectTimeout: "3 seconds" }))),
  )

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

/** The server refuses to run as root. */
const serverUser = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

const answers = (port: number): Promise<boolean> =>
  query(`postgres://assay@127.0.0.1:${port}/postgres`, "SELECT 1").then(
    () => true,
    () => false,
  )
