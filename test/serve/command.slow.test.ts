import { type ChildProcess, spawn } from "node:child_process"
import * as http from "node:http"
import * as net from "node:net"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { exitCodes } from "../../cli/exit.ts"
import { assayRoot, type Project, project } from "../runtime/project.ts"
import { openStream, type Served } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

let folder: Project
beforeAll(async () => {
  folder = project({})
  await recordRun(folder, { table: await publishTable(folder, "SELECT 1 AS n") })
})

const children: Array<ChildProcess> = []
afterAll(() => {
  for (const child of children) if (child.exitCode === null) child.kill("SIGKILL")
})

interface Started {
  readonly child: ChildProcess
  readonly stderr: () => string
  /** Its first line of output; null if it ended without one. */
  readonly first: Promise<string | null>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** `assay ui` as a process of its own. */
const start = (...arguments_: ReadonlyArray<string>): Started => {
  const child = spawn(process.execPath, [path.join(assayRoot, "cli/assay.mjs"), "ui", "--no-open", "--json", ...arguments_], {
    cwd: folder.root,
    stdio: ["ignore", "pipe", "pipe"],
  })
  children.push(child)
  let [stdout, stderr] = ["", ""]
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  )
  const first = new Promise<string | null>((resolve) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      try {
        resolve(JSON.parse(stdout).address as string)
      } catch {
        // The rest is still to come.
      }
    })
    void ended.then(() => resolve(null))
  })
  return { child, stderr: () => stderr, first, ended }
}

/** As much of a client as streams need. */
const clientOf = (address: string): Pick<Served, "url" | "port" | "cookie"> => {
  const { origin, port, searchParams } = new URL(address)
  return { url: `${origin}/`, port: Number(port), cookie: `assay-${port}=${searchParams.get("token")}` }
}

test("SIGINT stops it at once, with open streams and a browser's idle connections, and the exit code of an interrupt", async () => {
  const ui = start()
  const address = (await ui.first) ?? ""
  const served = clientOf(address) as Served
  const streams = await Promise.all(Array.from({ length: 5 }, () => openStream(served, "/api/live")))
  const agent = new http.Agent({ keepAlive: true })
  await new Promise((resolve, reject) =>
    http
      .get({ host: "127.0.0.1", port: served.port, path: "/api/runs", agent, headers: { cookie: served.cookie } }, (response) =>
        response.on("end", resolve).resume(),
      )
      .on("error", reject),
  )
  const query = { tables: [], sql: "select count(*) from range(1000000000000) a, range(1000000)", limit: 1 }
  const asking = fetch(`${served.url}api/query`, {
    method: "POST",
    headers: { cookie: served.cookie, "content-type": "application/json" },
    body: JSON.stringify(query),
  }).then(
    () => "answered",
    () => "cut",
  )
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const begun = performance.now()
  ui.child.kill("SIGINT")
  expect(await ui.ended).toEqual({ code: exitCodes.interrupted, signal: null })
  expect(performance.now() - begun).toBeLessThan(5000)
  await Promise.all(streams.map(({ ended }) => ended))
  await asking
  agent.destroy()
  await expect(fetch(served.url)).rejects.toThrow()
})

test("a port that another program has is said to be taken, with its number and what to do", async () => {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as net.AddressInfo
  const ui = start("--port", String(port))
  expect(await ui.ended).toEqual({ code: exitCodes.usage, signal: null })
  expect(ui.stderr()).toBe(
    `assay: cannot listen on 127.0.0.1, port ${port}: another program listens there; name another port with --port, or leave it out for a free one\n`,
  )
  server.close()
})

test.each([
  [["--port", "70000"], "assay: --port is 70000: expected a number from 0 to 65535; 0 is any free port\n"],
  [["--port=-1"], "assay: --port is -1: expected a number from 0 to 65535; 0 is any free port\n"],
  [["--host", "nosuch.invalid"], /^assay: cannot listen on nosuch\.invalid, port 0: .*; name an address of this machine with --host\n$/],
  [["--host", "192.0.2.1"], /^assay: cannot listen on 192\.0\.2\.1, port 0: .*; name an address of this machine with --host\n$/],
  [["--host", "not a host"], /^assay: cannot listen on not a host, port 0: .*; name an address of this machine with --host\n$/],
] as const)("what cannot be listened on is an error of usage: %j", async (arguments_, message) => {
  const ui = start(...arguments_)
  expect(await ui.ended).toEqual({ code: exitCodes.usage, signal: null })
  expect(ui.stderr()).toEqual(typeof message === "string" ? message : expect.stringMatching(message))
})

test.each([
  ["localhost", /^http:\/\/localhost:\d+\/\?token=/],
  ["LOCALHOST", /^http:\/\/localhost:\d+\/\?token=/],
  ["::1", /^http:\/\/\[::1\]:\d+\/\?token=/],
  ["0:0:0:0:0:0:0:1", /^http:\/\/\[::1\]:\d+\/\?token=/],
])("a name and an address of version 6 are listened on, and the printed address is the one that is let in: %s", async (host, expected) => {
  if (host.includes(":") && !(await hasIPv6())) return console.warn(`not tested: this machine has no IPv6 for ${host}`)
  const ui = start("--host", host)
  const address = (await ui.first) ?? ""
  expect(address).toMatch(expected)
  const entered = await fetch(address, { redirect: "manual" })
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"])
  const runs = await fetch(new URL("/api/runs", address), { headers: { cookie: clientOf(address).cookie } })
  expect([runs.status, ((await runs.json()) as ReadonlyArray<unknown>).length]).toEqual([200, 1])
  ui.child.kill("SIGINT")
  expect((await ui.ended).code).toBe(exitCodes.interrupted)
})

test("on all addresses of this machine, each of them is let in, another name is not, and a warning says who can reach it", async () => {
  const ui = start("--host", "0.0.0.0")
  const address = (await ui.first) ?? ""
  const { port, cookie } = clientOf(address)
  const status = (host: string) =>
    new Promise((resolve, reject) =>
      http
        .get({ host: "127.0.0.1", port, path: "/api/runs", headers: { cookie, host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        .on("error", reject),
    )
  const { networkInterfaces } = await import("node:os")
  for (const { address: own, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? []))
    if (family === "IPv4") expect(await status(`${own}:${port}`), own).toBe(200)
  expect(await status(`evil.example:${port}`)).toBe(403)
  expect(await status(`0.0.0.0:${port}`)).toBe(200)
  ui.child.kill("SIGINT")
  await ui.ended
  expect(ui.stderr()).toContain("warning: 0.0.0.0 can be reached from other machines, without encryption")
})

const hasIPv6 = (): Promise<boolean> =>
  new Promise((resolve) => {
    const server = net.createServer()
    server.on("error", () => resolve(false))
    server.listen(0, "::1", () => server.close(() => resolve(true)))
  })
