/**
 * The package as a user gets it: packed, installed into an empty folder, and compared with the
 * clone that it was packed from.
 */

import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { writtenPages } from "../docs/page.ts"
import { firstSurprise } from "../docs/run.ts"

const assayRoot = path.resolve(import.meta.dirname, "../..")

const { version, devDependencies } = JSON.parse(fs.readFileSync(path.join(assayRoot, "package.json"), "utf8")) as {
  readonly version: string
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The last that runs on the oldest Node that Assay does. */
const pnpm = "pnpm@10.34.9"

const mostBytes = 15e6

/** Of a user who has nothing to do with this clone or its test runner. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([variable]) => !/^(npm_|VITEST|ASSAY_|NODE_OPTIONS|NODE_ENV|INIT_CWD)/i.test(variable)),
)

const call = (folder: string, command: string, ...options: ReadonlyArray<string>): string =>
  execFileSync(command, options, { cwd: folder, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

let scratch = ""
let tarball = ""
beforeAll(() => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-package-")))
  call(assayRoot, "npm", "run", "package", "--", "--pack-destination", scratch)
  tarball = path.join(scratch, `assay-${version}.tgz`)
}, 300_000)
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }), 300_000)

const emptyFolder = (name: string): string => {
  const folder = path.join(scratch, name)
  fs.mkdirSync(folder)
  call(folder, "npm", "init", "-y")
  return folder
}

const edit = (file: string, change: (text: string) => string): void => fs.writeFileSync(file, change(fs.readFileSync(file, "utf8")))

/**
 * Versions as this clone has them, of packages that it has once: of others a user may have newer
 * ones, and then other keys.
 */
const sameVersions = (): Readonly<Record<string, string>> => {
  const { packages } = JSON.parse(fs.readFileSync(path.join(assayRoot, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>
  }
  const versions = new Map<string, Set<string>>()
  for (const [place, facts] of Object.entries(packages)) {
    const name = place.split("node_modules/").at(-1) ?? ""
    if (name !== "" && facts.dev !== true) versions.set(name, (versions.get(name) ?? new Set()).add(facts.version))
  }
  const single = [...versions].flatMap(([name, each]) => (each.size === 1 ? [[name, [...each][0] as string] as const] : []))
  // Any version suits the packages that want Node's types, so that a user gets the newest.
  return { ...Object.fromEntries(single), "@types/node": packages["node_modules/@types/node"]?.version ?? "" }
}

/** Fewer steps than a new user's: what is trained is beside the point. */
const shorten = (folder: string): void =>
  edit(path.join(folder, "pipeline.ts"), (text) =>
    text.replace("steps: 150", "steps: 2").replace("steps: 60, checkpoints: 4", "steps: 2, checkpoints: 1"),
  )

/** Under the settings that `assay init` wrote, then under those that `tsc --init` writes. */
const checkTypes = (folder: string): void => {
  const tsc = path.join(folder, "node_modules/.bin/tsc")
  call(folder, tsc, "--noEmit")
  fs.renameSync(path.join(folder, "tsconfig.json"), path.join(folder, "tsconfig.assay.json"))
  call(folder, tsc, "--init")
  call(folder, tsc, "--noEmit")
}

interface Planned {
  readonly stages: ReadonlyArray<{ readonly id: string; readonly verdict: string; readonly key: string | null }>
}

/** Of every stage its verdict and its key. */
const planOf = (folder: string, launcher: string, ...options: ReadonlyArray<string>) => {
  const { stages } = JSON.parse(call(folder, process.execPath, launcher, "plan", "--json", ...options)) as Planned
  return stages.map(({ id, verdict, key }) => ({ id, verdict, key }))
}

/** By module of Assay, what the stages of all pipelines that a store has seen are made of. */
const codesIn = (store: string) => {
  const records = fs.readdirSync(path.join(store, "code")).filter((name) => name.endsWith(".json"))
  const codes = records.map((name) => JSON.parse(fs.readFileSync(path.join(store, "code", name), "utf8")) as Record<string, unknown>)
  return Object.fromEntries(
    codes
      .map(
        ({ module, digest, canonical, hazards, absent }) =>
          [String(module).split("/learning/").at(-1), { digest, canonical, hazards, absent }] as const,
      )
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  )
}

const filesUnder = (folder: string): ReadonlyArray<string> => fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()

test("the package is small, holds all that it names, and nothing of how it is tested", () => {
  expect(fs.statSync(tarball).size).toBeLessThan(mostBytes)
  const names = call(scratch, "tar", "-tzf", tarball)
    .trim()
    .split("\n")
    .map((name) => name.replace(/^package\//, ""))
  const { bin, exports } = JSON.parse(call(scratch, "tar", "-xzOf", tarball, "package/package.json")) as {
    readonly bin: Readonly<Record<string, string>>
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  }
  const named = [
    ...Object.values(bin),
    ...Object.values(exports).flatMap((target) => (typeof target === "string" ? target : Object.values(target))),
  ]
  expect(names).toEqual(expect.arrayContaining(named.map((name) => name.replace(/^\.\//, ""))))
  expect(names).toEqual(
    expect.arrayContaining(["LICENSE", "README.md", "dist/cli/main.js", "dist/dsl/index.js.map", "data/corpora/ham/NOTICE"]),
  )
  expect(names.filter((name) => /^(test|bench|node_modules|\.)|\/\./.test(name))).toEqual([])
})

test("README's links lead somewhere in the package too", () => {
  const names = call(scratch, "tar", "-tzf", tarball).trim().split("\n")
  const readme = call(scratch, "tar", "-xzOf", tarball, "package/README.md")
  const linked = [...readme.matchAll(/\]\(([^)#:]+)[^)]*\)/g)].map(([, target]) => `package/${target}`)
  expect(linked.length).toBeGreaterThan(10)
  expect(linked.filter((target) => !names.some((name) => name === target || name.startsWith(target)))).toEqual([])
})

test("installed by npm, a first project runs and type-checks, and its stages are those of the clone", () => {
  const folder = emptyFolder("npm")
  edit(path.join(folder, "package.json"), (text) => JSON.stringify({ ...JSON.parse(text), overrides: sameVersions() }, null, 2))
  call(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", tarball, `typescript@${devDependencies.typescript}`)
  const installed = path.join(folder, "node_modules/assay")
  const launcher = path.join(installed, "cli/assay.mjs")
  const clone = path.join(assayRoot, "cli/assay.mjs")
  const before = filesUnder(path.join(folder, "node_modules"))

  call(folder, "npx", "assay", "init")
  shorten(folder)
  checkTypes(folder)
  expect(call(folder, "npx", "assay", "run")).toContain("mean_tokens")
  expect(filesUnder(path.join(folder, "node_modules"))).toEqual(before)

  const planned = planOf(folder, launcher, "pipeline.ts")
  expect(planned.map(({ verdict }) => verdict)).toEqual(planned.map(() => "cached"))
  expect(planned).toHaveLength(7)
  // The clone, asked about the same project and store, takes every result for its own.
  expect(planOf(folder, clone, "pipeline.ts")).toEqual(planned)

  fs.copyFileSync(path.join(assayRoot, "pipelines/quickstart.ts"), path.join(folder, "quickstart.ts"))
  const ofPackage = planOf(folder, launcher, "quickstart.ts")
  environment.ASSAY_STORE = path.join(scratch, "store of the clone")
  expect(planOf(folder, clone, "quickstart.ts")).toEqual(ofPackage)
  expect(planOf(folder, clone, "pipeline.ts")).toHaveLength(7)
  const { ASSAY_STORE: store = "" } = environment
  delete environment.ASSAY_STORE
  expect(codesIn(path.join(folder, ".assay"))).toEqual(codesIn(store))

  // A release that changes no code reruns nothing.
  edit(path.join(installed, "package.json"), (text) => text.replace(`"version": "${version}"`, '"version": "99.0.0"'))
  expect(planOf(folder, launcher, "pipeline.ts")).toEqual(planned)
}, 600_000)

test("installed by npm, it shows the project's run in a browser, from files that came with the package", async () => {
  const folder = path.join(scratch, "npm")
  const server = spawn(path.join(folder, "node_modules/.bin/assay"), ["ui", "--no-open", "--json"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  })
  try {
    const [line] = await once(server.stdout, "data")
    const { url, address } = JSON.parse(String(line)) as Readonly<Record<"url" | "address", string>>
    const entry = await fetch(address, { redirect: "manual" })
    const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? ""
    const ask = (where: string) => fetch(new URL(where, url), { headers: { cookie } })
    const page = await (await ask("/")).text()
    const assets = [...page.matchAll(/(?:src|href)="([^"]+[.](?:js|css))"/g)].map(([, asset = ""]) => asset)
    expect(assets.length).toBeGreaterThan(2)
    for (const asset of assets) expect((await ask(asset)).status, asset).toBe(200)
    const runs = (await (await ask("/api/runs")).json()) as ReadonlyArray<{
      readonly outcome: string
      readonly failed: ReadonlyArray<string>
    }>
    expect(runs.map(({ outcome, failed }) => [outcome, failed])).toEqual([["done", []]])
  } finally {
    server.kill("SIGINT")
    if (server.exitCode === null) await once(server, "exit")
  }
})

/** Pages that open a door: what they show must be accepted by the strictest compiler. */
const doors = /write-a-(judge|loss|method)|tasks/

const checkStrictly = (folder: string): void => {
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2023", types: [], noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  }
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  call(folder, path.join(scratch, "npm/node_modules/.bin/tsc"), "--noEmit")
}

const runnable = writtenPages().filter(({ isRunnable }) => isRunnable)

test("every door has a page that can be run", () => {
  expect(runnable.filter(({ path: page }) => doors.test(page))).toHaveLength(4)
})

test.each(runnable)(
  "installed by npm, $path does what it says",
  async (page) => {
    const installed = { launcher: path.join(scratch, "npm/node_modules/assay/cli/assay.mjs"), folder: path.join(scratch, "npm") }
    expect(await firstSurprise(page, installed, doors.test(page.path) ? checkStrictly : undefined)).toBeUndefined()
  },
  900_000,
)

test("installed by pnpm, which shows a project only what it asked for, a first project runs and type-checks", () => {
  const folder = emptyFolder("pnpm")
  call(folder, "npx", "--yes", pnpm, "add", tarball, `typescript@${devDependencies.typescript}`)
  expect(fs.existsSync(path.join(folder, "node_modules/effect"))).toBe(false)
  call(folder, "npx", "assay", "init")
  shorten(folder)
  checkTypes(folder)
  expect(call(folder, "npx", "assay", "run")).toContain("mean_tokens")
}, 600_000)

test("a package that was packed without being built says so", () => {
  const folder = path.join(scratch, "unbuilt/node_modules/assay")
  fs.mkdirSync(path.join(folder, "cli"), { recursive: true })
  fs.copyFileSync(path.join(assayRoot, "cli/assay.mjs"), path.join(folder, "cli/assay.mjs"))
  expect(() => call(folder, process.execPath, "cli/assay.mjs", "--version")).toThrow(/holds no built command.*npm run package/)
})
