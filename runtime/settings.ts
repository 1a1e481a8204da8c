import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Context, Effect, Layer, Redacted } from "effect"
import { type EngineSetting, engineNames } from "../dsl/engine-setting.ts"
import { byteCount } from "./byte-count.ts"
import { makeFolder } from "./disk/folder.ts"
import { realPath } from "./disk/real-path.ts"
import { enginesFolder } from "./engines/installed.ts"
import { BadSetting } from "./error.ts"
import { isInstalled } from "./packages/package-folder.ts"
import { cacheName, type RemoteLocation, readLocation } from "./store/remote/location.ts"
import type { AwsVariables } from "./store/remote/s3/access.ts"
import type { TelemetryVariables } from "./telemetry/variables.ts"

/** Where things lie and how much of the machine may be used. All paths are absolute. */
export interface SettingsShape {
  /** The folder of the running Assay: a clone, or an installed package. */
  readonly assayRoot: string
  /** What relative paths in `file(…)` start from. */
  readonly projectRoot: string
  /** The folder of the store, or of the cache in front of a remote one. */
  readonly store: string
  /** The store behind that folder, which other machines share; null where the folder is all. */
  readonly remote: RemoteLocation | null
  /**
   * Bundles: what can be made again from sources at any time. In the store, unless Assay runs from
   * a clone: then beside the clone's packages, if that can be written.
   */
  readonly cache: string
  /** What all stages together may compute with. */
  readonly threads: number
  /** The PostgreSQL database of the cluster, perhaps with a password; null where none is named. */
  readonly database: Redacted.Redacted | null
  /** Bytes of memory that all stages together may declare. */
  readonly memory: number
  /** GPUs that all stages together may use. */
  readonly gpus: number
  readonly engine: EngineSetting["engine"]
  readonly device: EngineSetting["device"]
  /** The folder of the engines that `assay engine install` has built for this user. */
  readonly engines: string
}

/** What the command knows when it starts. */
export interface Surroundings {
  readonly assayRoot: string
  readonly workingDirectory: string
  readonly environment: Variables
}

/** The environment variables that Assay reads. */
export interface Variables extends AwsVariables, TelemetryVariables {
  /**
   * The store: a folder, absolute or from the project root, or `file:///folder`; or
   * `s3://bucket/prefix`, which machines share. Default: `.assay`.
   */
  readonly ASSAY_STORE?: string | undefined
  /**
   * Folder in front of a remote store: what was read from it or is on the way to it. It can be
   * deleted at any time. Default: `.assay-cache/<bucket>-<hash of endpoint, bucket and prefix>` in
   * the project root. If it is set, a store `file:///folder` is read through it too, as one on a
   * network file system should be.
   */
  readonly ASSAY_STORE_CACHE?: string | undefined
  /**
   * Folder for compiled stages, which can be made again at any time. Default:
   * `node_modules/.cache/assay` beside Assay's packages, or `cache` in the store where that cannot
   * be written.
   */
  readonly ASSAY_CACHE?: string | undefined
  /**
   * Threads that all stages together may use, a whole number from 1. Default: one per core. Results
   * do not depend on it, except on TensorFlow, where it is part of the fingerprint.
   */
  readonly ASSAY_THREADS?: string | undefined
  /**
   * Memory that the stages running at one time may declare together, in bytes or with a unit, such
   * as `8GB`. Default: all there is.
   */
  readonly ASSAY_MEMORY?: string | undefined
  /**
   * The PostgreSQL database that a cluster meets in, such as
   * `postgres://user:password@host/assay?sslmode=require`. Needed by `assay worker` and by
   * `assay run --cluster`.
   */
  readonly ASSAY_DATABASE_URL?: string | undefined
  /**
   * GPUs that the stages running at one time may use together, a whole number. Default: those of
   * NVIDIA that Linux shows.
   */
  readonly ASSAY_GPUS?: string | undefined
  /**
   * What computes tensor programs: `onnx` (ONNX Runtime, the default), or TensorFlow.js on `wasm`,
   * `cpu` or `tensorflow` (which `assay engine install tensorflow` builds). It is part of the
   * fingerprint of the stages that run such programs.
   */
  readonly ASSAY_ENGINE?: string | undefined
  /**
   * Where ONNX Runtime or TensorFlow computes: `cpu` (the default), or `cuda` (Linux on x64, with
   * what `assay engine install cuda` or `assay engine install tensorflow --gpu` builds). It is part
   * of the fingerprint too.
   */
  readonly ASSAY_DEVICE?: string | undefined
  /**
   * Folder of the user's caches, absolute: engines are installed in `assay/engines` in it. Default:
   * `~/.cache`.
   */
  readonly XDG_CACHE_HOME?: string | undefined
}

/**
 * The settings of one command. The project root is the nearest folder with a `package.json` at or
 * above the working directory, else the working directory.
 */
export class Settings extends Context.Service<Settings, SettingsShape>()("assay/runtime/Settings") {
  static readonly layer = (surroundings: Surroundings): Layer.Layer<Settings, BadSetting> =>
    Layer.effect(Settings, readSettings(surroundings))
}

const readSettings = Effect.fnUntraced(function* ({ assayRoot, workingDirectory, environment }: Surroundings) {
  const projectRoot = nearestProject(workingDirectory)
  const threads = environment.ASSAY_THREADS ?? String(os.availableParallelism())
  if (!/^[1-9][0-9]{0,3}$/.test(threads)) {
    return yield* new BadSetting({
      variable: "ASSAY_THREADS",
      value: threads,
      message: `ASSAY_THREADS is "${threads}": give a whole number from 1`,
    })
  }
  const memory = environment.ASSAY_MEMORY === undefined ? allMemory() : byteCount(environment.ASSAY_MEMORY)
  if (memory === null || memory === 0) {
    const value = environment.ASSAY_MEMORY ?? ""
    return yield* new BadSetting({
      variable: "ASSAY_MEMORY",
      value,
      message: `ASSAY_MEMORY is "${value}": give a number of bytes, such as 500MB or 20GB`,
    })
  }
  const gpus = environment.ASSAY_GPUS ?? String(gpuCount())
  if (!/^[0-9]{1,3}$/.test(gpus))
    return yield* new BadSetting({
      variable: "ASSAY_GPUS",
      value: gpus,
      message: `ASSAY_GPUS is "${gpus}": give a whole number from 0`,
    })
  const { store, remote } = yield* readStore(projectRoot, environment)
  return {
    assayRoot: path.resolve(assayRoot),
    projectRoot,
    store,
    remote,
    cache: realPath(environment.ASSAY_CACHE ?? cacheOfClone(path.resolve(assayRoot)) ?? path.join(store, "cache")),
    threads: Number(threads),
    memory,
    gpus: Number(gpus),
    database: environment.ASSAY_DATABASE_URL ? Redacted.make(environment.ASSAY_DATABASE_URL) : null,
    engine: yield* oneOf("ASSAY_ENGINE", environment.ASSAY_ENGINE, engineNames),
    device: yield* oneOf("ASSAY_DEVICE", environment.ASSAY_DEVICE, ["cpu", "cuda"]),
    engines: realPath(enginesFolder(environment.XDG_CACHE_HOME)),
  }
})

/** A folder by itself, or a cache and what is behind it. */
const readStore = Effect.fnUntraced(function* (projectRoot: string, environment: Variables) {
  const text = environment.ASSAY_STORE ?? ".assay"
  const { isUrl, ...location } = yield* readLocation(text, { variable: "ASSAY_STORE", from: projectRoot, environment })
  const given = environment.ASSAY_STORE_CACHE ?? ""
  if (location.kind === "folder" && !(isUrl && given !== "")) return { store: realPath(location.folder), remote: null }
  const cache = given === "" ? path.join(".assay-cache", cacheName(location)) : given
  return { store: realPath(path.resolve(projectRoot, cache)), remote: location }
})

/** Of the machine, or of the container that we are in. */
const allMemory = (): number => Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)

/** NVIDIA's device files, one for each GPU; none on other systems. */
const gpuCount = (): number =>
  fs.existsSync("/proc/driver/nvidia") ? fs.readdirSync("/dev").filter((name) => /^nvidia[0-9]+$/.test(name)).length : 0

/** The value given, or the first of the values there are. */
const oneOf = <const V extends string>(variable: string, value: string | undefined, values: readonly [V, ...V[]]) => {
  const found = value === undefined || value === "" ? values[0] : values.find((each) => each === value)
  return found !== undefined
    ? Effect.succeed(found)
    : Effect.fail(
        new BadSetting({ variable, value: String(value), message: `${variable} is "${value}": give one of ${values.join(", ")}` }),
      )
}

/**
 * Shared by all projects that a clone runs. An installed package writes nothing into the
 * node_modules that it lies in.
 */
const cacheOfClone = (assayRoot: string): string | undefined => {
  if (isInstalled(assayRoot)) return undefined
  const folder = path.join(assayRoot, "node_modules", ".cache", "assay")
  return isWritable(folder) ? folder : undefined
}

/** Makes the folder if it can. */
const isWritable = (folder: string): boolean => {
  try {
    makeFolder(folder)
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

const nearestProject = (directory: string): string => {
  for (let current = path.resolve(directory); ; current = path.dirname(current)) {
    if (fs.existsSync(path.join(current, "package.json"))) return current
    if (path.dirname(current) === current) return path.resolve(directory)
  }
}
