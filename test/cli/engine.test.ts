import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { diagnose } from "../../cli/engine/diagnosis.ts"
import { engineFolder } from "../../runtime/engines/installed.ts"
import { type Ended, openProject, type Project, removeProject } from "./project.ts"

const isBuiltFor = process.platform === "linux" && process.arch === "x64"
if (!isBuiltFor) console.log("not tested: assay engine install, which is for Linux on x64")

/**
 * Tools in the place of real ones. What pip downloads and python3 unpacks is nothing, unless a test
 * has them do otherwise.
 */
const works = { python3: "exit 0", pip: ': > "$dest/package.whl"', unpack: "exit 0", npm: "exit 0", "g++": "exit 0" }

const scripts = ({ python3, pip, unpack, npm, "g++": compiler }: Record<keyof typeof works, string | null>) => ({
  python3:
    python3 &&
    `case "$*" in
  *"-m pip --version") ${pip === null ? "exit 1" : "exit 0"} ;;
  *"pip download"*) while [ "$1" != --dest ]; do shift; done; dest=$2; ${pip ?? ""} ;;
  *json.loads*) ${unpack ?? ""} ;;
  *) ${python3} ;;
esac`,
  npm: npm && `[ "$1" = --version ] && exit 0; while [ "$1" != --pack-destination ]; do shift; done; dest=$2; ${npm}`,
  "g++": compiler,
})

interface Machine {
  readonly project: Project
  readonly engines: string
  readonly install: (arguments_: ReadonlyArray<string>, watch?: Parameters<Project["assay"]>[2]) => Promise<Ended>
  /** What is in the folder of engines. */
  readonly left: () => ReadonlyArray<string>
}

/** Removed after all tests: those that run at once do not know which of them has finished. */
const opened: Array<Project> = []
afterAll(() => Promise.all(opened.map(removeProject)))

/** A user's machine, with an empty cache and these tools; null for one that is missing. */
const machine = async (tools: Partial<Record<keyof typeof works, string | null>> = {}): Promise<Machine> => {
  const project = await openProject()
  opened.push(project)
  const [bin, cache] = [path.join(project.folder, "bin"), path.join(project.folder, "cache")]
  fs.mkdirSync(bin)
  for (const [name, script] of Object.entries(scripts({ ...works, ...tools })))
    if (script !== null) fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const engines = path.join(cache, "assay", "engines")
  return {
    project,
    engines,
    install: (arguments_, watch) => project.assay(["engine", "install", ...arguments_], { PATH: bin, XDG_CACHE_HOME: cache }, watch),
    left: () => (fs.existsSync(engines) ? fs.readdirSync(engines) : []),
  }
}

/**
 * One that has ended may wait for ever for its parent to ask, in a container without an init
 * process.
 */
const isRunning = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`
  return fs.existsSync(stat) && !/\) [ZX] /.test(fs.readFileSync(stat, "utf8"))
}

describe.skipIf(!isBuiltFor)("an engine that cannot be installed leaves nothing, and says", () => {
  test.concurrent.each([
    [
      "all tools that are missing",
      { python3: null, npm: null, "g++": null },
      [/^assay: python3, which .*apt-get install python3/, /npm, which/, /g\+\+, which compiles/],
    ],
    ["that pip is missing", { pip: null }, [/^assay: pip, which downloads the libraries, was not found: .*python3-pip/]],
    [
      "that the compiler is missing",
      { "g++": null },
      [/^assay: g\+\+, which compiles the binding, in seconds, was not found: .*apt-get install g\+\+/],
    ],
    [
      "that a wheel has another hash",
      { pip: "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; echo 'Expected sha256 aa'; echo '     Got        bb'; exit 1" },
      [/tensorflow-cpu 2\.12\.0 is not the file that Assay expects \(Expected sha256 aa Got bb\); nothing was installed/],
    ],
    [
      "that a tarball of npm has another hash",
      { npm: 'echo else > "$dest/package.tgz"' },
      [/@tensorflow\/tfjs-node 4\.22\.0 is not the file that Assay expects \(sha512 uHrX/],
    ],
    [
      "that there is no network",
      { pip: "echo 'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu (from versions: none)' >&2; exit 1" },
      [/pip cannot download tensorflow-cpu 2\.12\.0: the registry cannot be reached.*Check the network, and the proxy/],
    ],
    [
      "that npm has no network",
      { npm: "echo 'npm error code EAI_AGAIN' >&2; exit 1" },
      [/npm cannot download @tensorflow\/tfjs-node 4\.22\.0: the registry cannot be reached/],
    ],
  ] as const)("%s", async (_, tools, messages) => {
    const { install, left } = await machine(tools)
    const { code, stderr } = await install(["tensorflow"])
    const said = stderr.split("\n").find((line) => line.startsWith("assay: "))
    for (const message of messages) expect(said).toMatch(message)
    expect(code).toBe(2)
    expect(left()).toEqual([])
  })

  test.concurrent("that a disk is full", async () => {
    const { install, left } = await machine({ unpack: "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1" })
    const { code, stderr } = await install(["tensorflow"])
    expect(stderr).toMatch(/assay: python3 cannot unpack .*: the disk of .*engines is full; nothing was installed/)
    expect(code).toBe(3)
    expect(left()).toEqual([])
  })

  test.concurrent("that what was built does not load", async () => {
    const { install, left } = await machine({ unpack: '/bin/mkdir -p "$5/lib"' })
    const { code, stderr } = await install(["cuda"])
    expect(stderr).toMatch(
      /assay: what was built does not load: the library .*libonnxruntime_providers_cuda\.so is missing; nothing was installed/,
    )
    expect(code).toBe(2)
    expect(left()).toEqual([])
  })

  test.concurrent("that it was interrupted, and ends what it had started", async () => {
    const { install, left, project } = await machine({ pip: `echo $$ > ${"$"}{dest}/../../../pid; exec /bin/sleep 600` })
    const isDownloading = () => fs.existsSync(path.join(project.folder, "cache/assay/engines/pid"))
    const ended = await install(["tensorflow"], (text, signal) => {
      if (!text.includes("downloading")) return
      const wait = setInterval(() => {
        if (!isDownloading()) return
        clearInterval(wait)
        signal("SIGINT")
      }, 20)
    })
    expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining("assay: interrupted; nothing was installed") })
    expect(left()).toEqual(["pid"])
    const pid = Number(fs.readFileSync(path.join(project.folder, "cache/assay/engines/pid"), "utf8"))
    expect(isRunning(pid)).toBe(false)
  })
})

describe.skipIf(!isBuiltFor)("an engine", () => {
  test.concurrent("whose installation was killed leaves a draft, which the next one removes", async () => {
    const { install, left } = await machine({ pip: "/bin/sleep 600" })
    const { signal } = await install(["tensorflow"], (text, kill) => {
      if (text.includes("downloading")) kill("SIGKILL")
    })
    expect(signal).toBe("SIGKILL")
    expect(left()).toEqual([expect.stringMatching(/^draft-/)])
    await install(["tensorflow"], (text, interrupt) => {
      if (text.includes("downloading")) interrupt("SIGINT")
    })
    expect(left()).toEqual([])
  })

  test.concurrent("that is there is not built again, is listed, and is removed", async () => {
    const { project, install, engines, left } = await machine({ python3: null, npm: null, "g++": null })
    const folder = engineFolder(engines, "cuda")
    fs.mkdirSync(folder, { recursive: true })
    const manifest = { format: 1, engine: "cuda", version: "1.30.0", packages: {}, bytes: 2_600_000_000 }
    fs.writeFileSync(path.join(folder, "engine.json"), JSON.stringify(manifest))
    expect((await install(["cuda"])).stdout).toBe(`cuda 1.30.0 was installed already: ${folder}, 2.6 GB\n`)
    const environment = { XDG_CACHE_HOME: path.join(project.folder, "cache") }
    const { stdout: listed, stderr } = await project.assay(["engine"], environment)
    expect(stderr).toBe("")
    expect(listed).toContain(`cuda            1.30.0  ${folder}, 2.6 GB\n`)
    expect(listed).toContain("not installed: assay engine install tensorflow\n")
    expect(listed).toMatch(/^onnx +\d+\.\d+\.\d+ .*onnxruntime-node$/m)
    expect(await project.assay(["engine", "remove", "cuda"], environment)).toMatchObject({ code: 0, stdout: `removed ${folder}, 2.6 GB\n` })
    expect(left()).toEqual([])
    expect((await project.assay(["engine", "remove", "cuda"], environment)).code).toBe(2)
  })

  test.concurrent("has a build for GPUs where that is said", async () => {
    const { install } = await machine()
    expect((await install(["cuda", "--gpu"])).stderr).toContain("--gpu goes with tensorflow")
    expect((await install(["torch"])).code).toBe(2)
  })
})

test("what an engine says is told in words of what is missing", () => {
  const said = (problem: string, ...libraries: ReadonlyArray<string>) => diagnose("cuda", { problem, version: null, libraries })
  const notLoaded = "Failed to load shared library"
  const notFound = (name: string) => `${name}: cannot open shared object file: No such file or directory`
  expect(diagnose("cuda", { problem: null, version: null, libraries: [] })).toBeNull()
  expect(said(notLoaded, notFound("libcublasLt.so.13"), notFound("libcuda.so.1"))).toEqual({
    kind: "files",
    text: "the library libcublasLt.so.13 is missing",
  })
  expect(said(notLoaded, notFound("libcuda.so.1"))).toMatchObject({ kind: "machine", text: expect.stringContaining("driver is missing") })
  expect(said("CUDA failure 35: CUDA driver version is insufficient")).toMatchObject({
    kind: "machine",
    text: expect.stringContaining("too old"),
  })
  expect(said("TensorFlow 2.21.0 finds no GPU that it can use")).toMatchObject({ kind: "machine", text: expect.stringContaining("no GPU") })
  expect(said("its process was ended by SIGILL")).toEqual({ kind: "files", text: "its process was ended by SIGILL" })
})
