import { beforeAll, describe, expect, test } from "vitest"
import { pagePolicy } from "../../serve/guard.ts"
import { project } from "../runtime/project.ts"
import { clientFiles, type Request, type Served, serveStore } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

let served: Served
let [run, key] = ["", ""]
beforeAll(async () => {
  const folder = project({})
  const manifest = await publishTable(folder, "SELECT 'the secret of the store' AS text")
  key = manifest.key
  run = (await recordRun(folder, { secret: manifest })).run
  served = await serveStore(folder)
})

const paths = () => [
  "/",
  "/runs",
  "/app-1a2b.js",
  "/absent.js",
  "/api/project",
  "/api/runs",
  `/api/runs/${run}`,
  `/api/runs/${run}/stages/secret`,
  `/api/runs/absent`,
  "/api/live",
  `/api/runs/${run}/live`,
  `/api/results/${key}/rows`,
  `/api/results/${key}/rows/download?format=csv`,
  `/api/results/${key}/rows/files/rows.parquet`,
  "/api/absent",
]

const hardened = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

describe("without the token", () => {
  test.each([
    ["no cookie", () => ({})],
    ["an empty cookie", () => ({ cookie: `assay-${served.port}=` })],
    ["another token", () => ({ cookie: `assay-${served.port}=${"A".repeat(43)}` })],
    ["the beginning of the token", () => ({ cookie: served.cookie.slice(0, -1) })],
    ["the token under another name", () => ({ cookie: served.cookie.replace("assay-", "assay-9") })],
    ["the token in a header", () => ({ authorization: `Bearer ${served.token}` })],
  ])("nothing of the store or the page is answered: %s", async (_, headers) => {
    for (const path of paths()) {
      const answer = await served.raw(path, { headers: headers() as Record<string, string> })
      expect(answer.status, path).toBe(401)
      expect(answer.text).toBe("assay: open the address that assay ui printed: it carries the token that this browser has not shown yet\n")
      expect(answer.headers["set-cookie"]).toBeUndefined()
    }
  })

  test("no method and no body gets further", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
      for (const path of ["/", "/api/query", "/api/runs", `/api/results/${key}/rows/rows`])
        expect((await served.raw(path, { method, headers: { "content-type": "application/json" } })).status, `${method} ${path}`).toBe(401)
  })

  test("a wrong token in the address is refused, and sets no cookie", async () => {
    for (const token of ["", "x", served.token.slice(1), `${served.token}x`, served.token.toLowerCase()]) {
      const answer = await served.raw(`/?token=${token}`)
      expect(answer.status, token).toBe(401)
      expect(answer.headers["set-cookie"]).toBeUndefined()
    }
    expect((await served.raw(`/?token=x`, { headers: { cookie: served.cookie } })).status).toBe(401)
    expect((await served.raw(`/api/query?token=${served.token}`, { method: "POST" })).status).toBe(401)
  })
})

describe("the token in the first address", () => {
  test("becomes a cookie that scripts and other sites do not get, and leaves the address", async () => {
    const { pathname, search } = new URL(served.address)
    const answer = await served.raw(`${pathname}${search}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe("/")
    expect(answer.headers["set-cookie"]).toEqual([`assay-${served.port}=${served.token}; Path=/; HttpOnly; SameSite=Strict`])
    expect(answer.text).toBe("")
    const deep = await served.raw(`/runs/${run}?tab=graph&token=${served.token}&row=3`)
    expect(deep.headers.location).toBe(`/runs/${run}?tab=graph&row=3`)
  })

  test("is longer than can be guessed, another one each time, and compared as a whole", async () => {
    expect(served.token).toMatch(/^[\w-]{43}$/)
    const other = await serveStore(project({}))
    expect(other.token).not.toBe(served.token)
    expect((await other.raw("/api/runs", { headers: { cookie: `assay-${other.port}=${served.token}` } })).status).toBe(401)
    await other.stop()
  })

  test.each([
    "/.//evil.example",
    "//evil.example",
    "/\\evil.example",
    "/%2F%2Fevil.example",
    "/.\\/evil.example",
    "///evil.example/%2e%2e",
  ])("never leads to another server: %s", async (path) => {
    const answer = await served.raw(`${path}${path.includes("?") ? "&" : "?"}token=${served.token}`)
    expect(answer.status).toBeLessThan(500)
    if (answer.headers.location !== undefined) expect(new URL(answer.headers.location, served.url).origin).toBe(new URL(served.url).origin)
  })
})

describe("with the token", () => {
  const asking = (headers: Readonly<Record<string, string>>, more: Request = {}) => served.ask("/api/runs", { headers, ...more })

  test("another name for this machine is refused, whatever its port: a name of another site may resolve to it", async () => {
    for (const host of [
      `evil.example:${served.port}`,
      "evil.example",
      "127.0.0.1",
      `127.0.0.1:${served.port + 1}`,
      `127.0.0.1:${served.port}.evil.example`,
      `localhost.evil.example:${served.port}`,
      `evil.example@127.0.0.1:${served.port}`,
    ])
      expect((await asking({ host })).status, host).toBe(403)
    for (const host of [`127.0.0.1:${served.port}`, `localhost:${served.port}`, `LOCALHOST:${served.port}`, `[::1]:${served.port}`])
      expect((await asking({ host })).status, host).toBe(200)
  })

  test("a request that names another server in its first line is refused", async () => {
    const answer = await served.ask(`http://evil.example:${served.port}/api/runs`)
    expect(answer.status).toBe(403)
    expect((await served.ask(`http://127.0.0.1:${served.port}/api/runs`)).status).toBe(200)
  })

  test("a page of another origin is refused, also one of another port of this machine, or of none", async () => {
    for (const origin of ["http://evil.example", `https://127.0.0.1:${served.port}`, "http://127.0.0.1:1", "null", ""])
      for (const method of ["GET", "POST"]) expect((await asking({ origin }, { method })).status, origin).toBe(403)
    expect((await asking({ origin: `http://127.0.0.1:${served.port}` })).status).toBe(200)
  })

  test("what a browser says another site started is refused, but for following a link to a page", async () => {
    for (const site of ["cross-site", "same-site"]) {
      expect((await asking({ "sec-fetch-site": site })).status, site).toBe(403)
      expect((await asking({ "sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" })).status, site).toBe(403)
      const following = { "sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }
      expect((await asking(following)).status, site).toBe(403)
      expect((await served.ask("/runs", { headers: following })).status, site).toBe(200)
      expect((await served.ask("/runs", { headers: { ...following, "sec-fetch-dest": "iframe" } })).status, site).toBe(403)
      expect((await served.raw(`/?token=${served.token}`, { headers: following })).status, site).toBe(303)
    }
    for (const site of ["same-origin", "none"]) expect((await asking({ "sec-fetch-site": site })).status, site).toBe(200)
  })

  test("only the methods that are offered do anything", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"])
      for (const path of ["/", "/app-1a2b.js", "/api/runs", "/api/query", `/api/results/${key}/rows`]) {
        const answer = await served.ask(path, { method })
        expect([404, 405], `${method} ${path}`).toContain(answer.status)
        expect(answer.text).not.toContain("secret")
      }
    expect((await served.ask("/", { method: "POST" })).status).toBe(404)
    expect((await served.ask("/api/query")).status).toBe(404)
    const form = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "sql=select 1" }
    expect((await served.ask("/api/query", form)).status).toBe(400)
    expect((await served.ask("/api/query", { ...form, headers: { "content-type": "text/plain" } })).status).toBe(400)
    const head = await served.ask("/api/runs", { method: "HEAD" })
    expect(head.text).toBe("")
  })
})

test("every answer tells the browser to run nothing but the client's own files, to guess no type, to name no address, and grants no other origin anything", async () => {
  const answers = [
    ...(await Promise.all(
      paths()
        .filter((path) => !path.endsWith("live"))
        .map((path) => served.ask(path)),
    )),
    ...(await Promise.all(paths().map((path) => served.raw(path)))),
    ...(await Promise.all(["//", "//[", "/%", "/%E0%A4%A", "/api/runs/%E0%A4%A", "http://[", "*"].map((path) => served.raw(path)))),
    ...(await Promise.all(["//", "//[", "/%", "/%E0%A4%A", "/api/runs/%E0%A4%A", "*"].map((path) => served.ask(path)))),
    await served.raw(`/?token=${served.token}`),
    await served.raw("/?token=x"),
    await served.ask("/api/runs", { headers: { host: "evil.example" } }),
    await served.ask("/api/runs", { headers: { origin: "http://evil.example" } }),
    await served.ask("/", { method: "DELETE" }),
    await served.ask("/api/runs", { method: "OPTIONS", headers: { "access-control-request-method": "GET" } }),
    await served.ask("/api/query", { method: "POST", headers: { "content-type": "application/json" }, body: "{" }),
  ]
  for (const { headers, status } of answers) {
    expect(headers, String(status)).toMatchObject(hardened)
    expect(status).toBeLessThan(500)
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'/)
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'")
    expect(headers["content-security-policy"]).not.toMatch(/unsafe-eval|script-src [^;]*unsafe|\*/)
    for (const name of Object.keys(headers)) expect(name).not.toMatch(/^access-control-/)
    expect(headers["x-powered-by"] ?? headers.server).toBeUndefined()
  }
  expect((await served.ask("/")).headers["content-security-policy"]).toBe(pagePolicy)
  expect(pagePolicy).not.toMatch(/unsafe|\*|https?:/)
})

test("the page is answered at all paths that are the client's own, its files by their names alone, and the page is not kept", async () => {
  for (const path of ["/", "/runs", "/runs/latest/stages/a%2Fb", "/index"]) {
    const answer = await served.ask(path)
    expect(answer.text).toBe(clientFiles["index.html"])
    expect(answer.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
  }
  const script = await served.ask("/app-1a2b.js")
  expect(script.text).toBe(clientFiles["app-1a2b.js"])
  expect(script.headers).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "private, max-age=31536000, immutable",
  })
  expect((await served.ask("/app-9.js")).status).toBe(404)
})
