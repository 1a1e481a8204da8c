import * as fs from "node:fs"
import * as path from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import type { Manifest } from "../../runtime/index.ts"
import { seal } from "../../runtime/store/results/seal.ts"
import { type Project, project } from "../runtime/project.ts"
import { manifestPath, objectPath, type Served, serveStore } from "./server.ts"
import { publish, publishTable, recordRun, sha256 } from "./stored.ts"

const secret = "a text that lies outside of the store\n"
let folder: Project
let served: Served
let table: Manifest
let files: Manifest
let run = ""
beforeAll(async () => {
  folder = project({ "secret.txt": secret, "secret.json": `{"secret":${JSON.stringify(secret)}}`, "note.txt": "a note\n" })
  table = await publishTable(folder, "SELECT range AS n FROM range(10)")
  files = await publish(folder, { notes: { artifact: "notes", kind: "files", files: { "a note.txt": `${folder.root}/note.txt` } } })
  run = (await recordRun(folder, { table, files })).run
  served = await serveStore(folder)
})

/** Ways to write a path that leads out of a folder. */
const ways = [
  "../secret.txt",
  "../../secret.txt",
  "../../../../../../../../../../etc/passwd",
  "%2e%2e%2fsecret.txt",
  "..%2fsecret.txt",
  "%2e%2e/secret.txt",
  "%252e%252e%252fsecret.txt",
  "..%255csecret.txt",
  "..\\secret.txt",
  "..%5csecret.txt",
  "....//secret.txt",
  "..;/secret.txt",
  "%c0%ae%c0%ae/secret.txt",
  "%2fetc%2fpasswd",
  "//etc/passwd",
  "/etc/passwd",
  "file:///etc/passwd",
  "secret.txt%00.js",
  "%00",
  "../secret.txt%00.parquet",
  "../client/../secret.txt",
  ".%00./secret.txt",
  "__proto__",
  "constructor",
  "toString",
  "../secret.json",
  "../../../secret",
]

const isClean = (text: string): boolean => !text.includes(secret.trim()) && !text.includes("root:x:0:0")

test.each(ways)("no address leads out of the client or the store: %s", async (way) => {
  const { key } = table
  for (const address of [
    `/${way}`,
    `/assets/${way}`,
    `/app-1a2b.js/${way}`,
    `/api/${way}`,
    `/api/runs/${way}`,
    `/api/runs/${way}/live`,
    `/api/runs/${run}/stages/${way}`,
    `/api/runs/${run}/lineage?key=${way}&output=rows`,
    `/api/runs/${run}/lineage?key=${key}&output=${way}`,
    `/api/runs/${run}/lineage?key=${key}&output=rows&row=${way}`,
    `/api/diff?before=${way}&after=${run}`,
    `/api/results/${way}/rows`,
    `/api/results/${key}/${way}`,
    `/api/results/${way}/rows/download?format=parquet`,
    `/api/results/${key}/${way}/download?format=csv`,
    `/api/results/${key}/rows/download?format=${way}`,
    `/api/results/${key}/rows/files/${way}`,
    `/api/results/${files.key}/notes/files/${way}`,
    `/api/results/${files.key}/${way}/files/a%20note.txt`,
    `/api/results/${key}/${way}/response-sets`,
  ]) {
    const answer = await served.ask(address)
    expect(isClean(answer.text), address).toBe(true)
    expect(answer.status, `${address} ${answer.text}`).toBeLessThan(500)
    if (address.startsWith("/api/") && !answer.text.startsWith("<!doctype"))
      expect(answer.status, `${address} ${answer.text}`).toBeGreaterThan(399)
  }
})

test("no key, output or run in a body leads out of the store", async () => {
  for (const way of ways) {
    const place = decodeURIComponent(way.replaceAll("%c0%ae", "%2e"))
    const bodies = {
      "/query": { tables: [{ key: place, output: "rows", name: "t" }], sql: "select * from t", limit: 10 },
      "/generations": { run, responseSets: [{ key: place, output: "rows" }], order: "prompt", offset: 0, limit: 10 },
      "/curves": { series: [{ run: place, id: place }], metric: place, x: "step", points: 100 },
      [`/results/${table.key}/rows/histogram`]: { column: place },
    }
    for (const [target, body] of Object.entries(bodies)) {
      const refusal = await served.refused(target, body)
      expect(refusal.status, `${target} ${refusal.message}`).toBeLessThan(500)
      expect(isClean(refusal.message)).toBe(true)
    }
    const named = { tables: [{ key: table.key, output: "rows", name: place }], sql: "select 1 as one", limit: 10 }
    const answer = await served.ask("/api/query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(named),
    })
    expect(answer.status).toBeLessThan(500)
    expect(isClean(answer.text)).toBe(true)
  }
})

test("a file of an artifact is answered by the name that its manifest has for it, and only by that", async () => {
  expect((await served.ask(`/api/results/${files.key}/notes/files/a%20note.txt`)).text).toBe("a note\n")
  expect((await served.refused(`/results/${files.key}/notes/files/a%2520note.txt`)).error).toBe("NotThere")
  expect((await served.refused(`/results/${files.key}/notes/files/A%20note.txt`)).error).toBe("NotThere")
})

test("asking for what is not a key touches no file", async () => {
  const planted = `${folder.store}/secret.json`
  fs.writeFileSync(planted, "{}")
  const before = new Date("2001-01-01")
  fs.utimesSync(planted, before, before)
  await served.ask(`/api/runs/${run}/lineage?key=..%2f..%2fsecret&output=rows`)
  await served.ask("/api/results/..%2f..%2fsecret/rows")
  expect(fs.statSync(planted).mtime).toEqual(before)
})

describe("what is planted in the store leads nowhere", () => {
  const plant = async (from: string) => {
    const manifest = await publish(folder, { notes: { artifact: "notes", kind: "files", files: { "n.txt": from } } })
    return { manifest, object: objectPath(folder, manifest.outputs.notes?.files[0]?.object ?? "") }
  }
  const noteOf = ({ key }: Manifest) => `/results/${key}/notes/files/n.txt`

  test("a link to a file outside in the place of an object, also one of the same size, also after the object was read", async () => {
    for (const isRead of [false, true]) {
      folder.write("own.txt", `${"x".repeat(secret.length - 2)}${isRead ? "r" : "u"}\n`)
      const { manifest, object } = await plant(`${folder.root}/own.txt`)
      if (isRead) expect((await served.ask(`/api${noteOf(manifest)}`)).status).toBe(200)
      fs.rmSync(object)
      fs.symlinkSync(`${folder.root}/secret.txt`, object)
      expect(await served.refused(noteOf(manifest))).toMatchObject({ status: 410, error: "ObjectDamaged" })
    }
  })

  test("a manifest that names a file outside as its object", async () => {
    for (const object of ["../../secret.txt", "..%2f..%2fsecret.txt", path.join(folder.root, "secret.txt")]) {
      folder.write("own.txt", `own ${object}`)
      const { manifest } = await plant(`${folder.root}/own.txt`)
      const notes = manifest.outputs.notes as Manifest["outputs"][string]
      const files = [{ name: "n.txt", object, bytes: secret.length }]
      fs.writeFileSync(manifestPath(folder, manifest.key), seal({ ...manifest, outputs: { notes: { ...notes, files } } }))
      const answer = await served.ask(`/api${noteOf(manifest)}`)
      expect(answer.status).toBeGreaterThan(399)
      expect(answer.status).toBeLessThan(500)
      expect(isClean(answer.text)).toBe(true)
      expect(fs.readFileSync(`${folder.root}/secret.txt`, "utf8")).toBe(secret)
    }
  })

  test("a manifest under the key of another, and a link to a file that is not one", async () => {
    const key = sha256("a planted key")
    fs.mkdirSync(path.dirname(manifestPath(folder, key)), { recursive: true })
    fs.symlinkSync(`${folder.root}/secret.json`, manifestPath(folder, key))
    expect(isClean((await served.ask(`/api/results/${key}/rows`)).text)).toBe(true)
    fs.rmSync(manifestPath(folder, key))
    fs.copyFileSync(manifestPath(folder, table.key), manifestPath(folder, key))
    expect((await served.refused(`/results/${key}/rows`)).status).toBeGreaterThan(399)
  })

  test("a record of a run whose name or keys lead out of the store", async () => {
    const planted = "2030-01-01T00-00-00.000Z.r99"
    const record = JSON.parse(fs.readFileSync(`${folder.store}/runs/${run}.json`, "utf8"))
    const stages = [{ ...record.stages[0], key: "../../secret" }]
    const text = JSON.stringify({ ...record, run: "../../../secret", wiring: "../../secret", outcome: "unfinished", stages })
    fs.writeFileSync(`${folder.store}/runs/${planted}.json`, text)
    for (const address of ["/runs", "/runs/latest", "/runs/latest/live", `/runs/${planted}`, "/runs/..%2F..%2F..%2Fsecret"]) {
      const answer = await served.ask(`/api${address}`)
      expect(answer.status, address).toBeLessThan(500)
      expect(isClean(answer.text)).toBe(true)
    }
    fs.rmSync(`${folder.store}/runs/${planted}.json`)
  })
})
