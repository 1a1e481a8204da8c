/** The image's commands, run without Docker. */

import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, test } from "vitest"

const root = path.resolve(import.meta.dirname, "../..")
const dockerfile = fs.readFileSync(path.join(root, "deploy/Dockerfile"), "utf8")
const run = promisify(execFile)

/** Its instructions, without comments, one per line. */
const instructions = dockerfile
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n\s*/g, " ")
  .split("\n")
  .filter((line) => line !== "")

const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM")))

/** What the image runs to install packages, with a cache of ours in place of the mounted one. */
const installation = (cache: string, flags: string): string =>
  (instructions.find((line) => line.includes("npm ci")) ?? "")
    .replace(/^RUN\s+(--mount=\S+\s+)+/, "")
    .replaceAll("/npm-cache", cache)
    .replaceAll(`\${NPM_CI_FLAGS}`, flags)

let scratch = ""
let registry: Server
let address = ""
beforeAll(async () => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-image-")))
  registry = await startRegistry()
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`
})
afterAll(() => {
  registry.close()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const npm = (folder: string, command: string) => {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|NODE_OPTIONS/i.test(name)))
  return run("sh", ["-c", command], { cwd: folder, env: { ...environment, npm_config_registry: address } })
}

/** A registry with one package, as far as npm asks. */
const startRegistry = async (): Promise<Server> => {
  const folder = path.join(scratch, "rounding")
  fs.mkdirSync(folder)
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "rounding", version: "1.0.0", main: "index.js" }))
  fs.writeFileSync(path.join(folder, "index.js"), "exports.round = Math.round\n")
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", scratch], { cwd: folder })
  const tarball = fs.readFileSync(path.join(scratch, "rounding-1.0.0.tgz"))
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`
  const server = createServer(({ url = "", headers }, answer) => {
    if (url.endsWith(".tgz")) return void answer.end(tarball)
    if (url !== "/rounding") return void answer.writeHead(404).end("{}")
    const dist = { tarball: `http://${headers.host}/rounding-1.0.0.tgz`, integrity }
    const versions = { "1.0.0": { name: "rounding", version: "1.0.0", dist } }
    answer.setHeader("content-type", "application/json")
    return void answer.end(JSON.stringify({ name: "rounding", "dist-tags": { latest: "1.0.0" }, versions }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

test("its packages come from a cache alone, where one was filled, and not without", async () => {
  const project = path.join(scratch, "project")
  fs.mkdirSync(project)
  fs.writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "study", dependencies: { rounding: "1.0.0" } }))
  await npm(project, "npm install --package-lock-only --ignore-scripts --no-audit --no-fund")
  await npm(project, "npm ci --cache npm-cache --no-audit --no-fund")
  const image = path.join(scratch, "image")
  fs.mkdirSync(image)
  for (const file of ["package.json", "package-lock.json"]) fs.copyFileSync(path.join(project, file), path.join(image, file))
  registry.closeAllConnections()
  await new Promise((resolve) => registry.close(resolve))

  const empty = path.join(scratch, "empty")
  await expect(npm(image, installation(empty, "--offline"))).rejects.toThrow(/ENOTCACHED/)
  await npm(image, installation(path.join(project, "npm-cache"), "--offline"))
  expect(fs.existsSync(path.join(image, "node_modules/rounding/index.js"))).toBe(true)
})

test("it runs the command that the package brings, as a user that is not root", () => {
  const { bin } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { readonly bin: { readonly assay: string } }
  expect(last).toContain(`ENTRYPOINT ["node", "node_modules/assay/${bin.assay}"]`)
  expect(last).toContain('CMD ["worker"]')
  expect(last.findLast((line) => line.startsWith("USER"))).toBe("USER 1000:1000")
  expect(last[0]).toBe("FROM node:20-slim")
})

test("nothing of the project is in it but what names its packages", () => {
  const copied = instructions.filter((line) => /^(COPY|ADD)/.test(line))
  expect(copied).toEqual(["COPY package.json package-lock.json *.tgz ./", "COPY --from=packages /project ./"])
  const ignored = fs.readFileSync(path.join(root, "deploy/Dockerfile.dockerignore"), "utf8")
  expect(ignored.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
    "*",
    "!package.json",
    "!package-lock.json",
    "!*.tgz",
  ])
})
