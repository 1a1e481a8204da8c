import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Schema } from "effect"
import { writeAtomically } from "../../runtime/disk/write.ts"
import {
  EngineManifest,
  engineFolder,
  type InstalledEngine,
  installedEngine,
  manifestFile,
  readInstalled,
  runningVersion,
} from "../../runtime/engines/installed.ts"
import { type EnginePins, enginePins, type InstallableEngine } from "../../runtime/engines/pins.ts"
import type { SettingsShape } from "../../runtime/index.ts"
import { DiskFull, EngineNotInstalled } from "../error.ts"
import { remark } from "../print/screen.ts"
import { assemble } from "./assemble.ts"
import { type Problem, tryEngine } from "./diagnosis.ts"
import { clearDraft, openDraft } from "./draft.ts"
import { checkTools } from "./tools.ts"

export interface Installation extends InstalledEngine {
  /** False if it was installed already. */
  readonly built: boolean
  /** Why it cannot compute yet; null if it can. */
  readonly problem: Problem | null
}

/**
 * Builds an engine from packages of registries in the user's cache. The engine is there completely
 * or not at all: it is built in a draft, tried, and renamed.
 */
export const installEngine = Effect.fn("installEngine")(function* (
  engine: InstallableEngine,
  { settings, project }: { readonly settings: SettingsShape; readonly project: string },
) {
  const { engines, assayRoot } = settings
  const pins = enginePins[engine]
  yield* checkPlatform(engine, pins)
  yield* checkServed(engine, pins, assayRoot)
  const before = installedEngine(settings, engine)
  if (before !== undefined) return { ...before, built: false, problem: yield* tryEngine(settings, engine) } satisfies Installation
  yield* checkTools(engine, { compiles: pins.npm.length > 0 })
  const building = Effect.gen(function* () {
    const draft = yield* openDraft(engines)
    yield* checkSpace(engine, pins, engines)
    yield* assemble({ engine, draft, project, assayRoot })
    clearDraft(draft)
    const packages = Object.fromEntries([...pins.npm, ...pins.wheels].map(({ name, version }) => [name, version]))
    const manifest = { format: 1, engine, version: pins.version, packages, bytes: bytesOf(draft) } as const
    writeAtomically(path.join(draft, manifestFile), Schema.encodeSync(EngineManifest)(manifest))
    yield* remark("trying it")
    const problem = yield* tryEngine(settings, engine, draft)
    if (problem?.kind === "files")
      return yield* new EngineNotInstalled({ engine, message: `what was built does not load: ${problem.text}; nothing was installed` })
    return { ...publish(draft, engineFolder(engines, engine)), built: true, problem } satisfies Installation
  })
  return yield* Effect.scoped(building).pipe(Effect.catchDefect(diskError(engines)))
})

const checkPlatform = (engine: string, { glibc }: EnginePins) => {
  const refuse = (found: string) =>
    Effect.fail(
      new EngineNotInstalled({
        engine,
        message: `${engine} is built for Linux on x64 with the GNU C library ${glibc} or later, and this is ${found}: use another engine`,
      }),
    )
  if (process.platform !== "linux" || process.arch !== "x64") return refuse(`${process.platform} on ${process.arch}`)
  const { glibcVersionRuntime: found } = (process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } })
    .header
  if (found === undefined) return refuse("a Linux with another C library")
  return isOlder(found, glibc) ? refuse(`version ${found} of it`) : Effect.void
}

const isOlder = (found: string, needed: string): boolean => {
  const [[major = 0, minor = 0], [neededMajor = 0, neededMinor = 0]] = [found, needed].map((text) => text.split(".").map(Number)) as [
    Array<number>,
    Array<number>,
  ]
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
}

/** The package that will load it is of the version that it is built for. */
const checkServed = (engine: string, { serves }: EnginePins, assayRoot: string) => {
  const found = runningVersion(assayRoot, serves.package)
  return found === serves.version
    ? Effect.void
    : Effect.fail(
        new EngineNotInstalled({
          engine,
          message: `${engine} is built for ${serves.package} ${serves.version}, and ${found ?? "none"} is installed beside Assay: npm install ${serves.package}@${serves.version}`,
        }),
      )
}

/** A download is on the disk twice for a moment, in pip's folder and in ours. */
const checkSpace = (engine: string, { diskMegabytes, wheels }: EnginePins, engines: string) => {
  const { bavail, bsize } = fs.statfsSync(engines)
  const free = Math.floor((bavail * bsize) / 1e6)
  const needed = diskMegabytes + 2 * Math.max(...wheels.map(({ megabytes }) => megabytes))
  return free >= needed
    ? Effect.void
    : Effect.fail(
        new DiskFull({
          message: `${engine} needs ${needed} MB while it is built, and ${engines} has ${free} MB left: make room, or set XDG_CACHE_HOME to a folder on another disk`,
        }),
      )
}

const bytesOf = (folder: string): number =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .reduce((sum, entry) => sum + (entry.isFile() ? fs.statSync(path.join(entry.parentPath, entry.name)).size : 0), 0)

/** Another process may have been faster: its engine is the same. */
const publish = (draft: string, folder: string): InstalledEngine => {
  try {
    fs.renameSync(draft, folder)
  } catch (error) {
    if (readInstalled(folder) === undefined) throw error
  }
  return readInstalled(folder) as InstalledEngine
}

const diskCodes = new Set(["ENOSPC", "EDQUOT"])

/**
 * A full disk is said as such; what else happens to files is a defect, which the command reports.
 */
const diskError = (engines: string) => (defect: unknown) =>
  diskCodes.has(String((defect as NodeJS.ErrnoException | null)?.code))
    ? Effect.fail(new DiskFull({ message: `the disk of ${engines} is full; nothing was installed` }))
    : Effect.die(defect)
