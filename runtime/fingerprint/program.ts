import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { Command, EnvironmentPart } from "../../dsl/connection.ts"
import type { FileDigests } from "../disk/file-digest.ts"
import { EnvironmentUnknown, ProgramFileMissing } from "../error.ts"
import { printedVersion } from "../program/version.ts"

/** A file of a user's program, as it was when the pipeline was fingerprinted. */
export interface ProgramFile {
  /** From the project root, divided by `/`. */
  readonly name: string
  /** Where its content is: absolute, without symbolic links. */
  readonly path: string
  readonly sha256: string
  readonly isExecutable: boolean
}

/** What a command printed of its version, and will print again if nothing has changed. */
export interface PrintedVersion {
  /** Its name in `environment`. */
  readonly name: string
  readonly command: ReadonlyArray<string>
  readonly printed: string
}

/** A user's program as it was fingerprinted. */
export interface ProgramCode {
  /**
   * `{ run, files: { path: digest }, environment: { name: text } }`: a component of fingerprints.
   */
  readonly identity: Json
  readonly files: ReadonlyArray<ProgramFile>
  /** Files that its environment names, which are not part of it. */
  readonly environmentFiles: ReadonlyArray<ProgramFile>
  readonly versions: ReadonlyArray<PrintedVersion>
}

/** The program that computes a stage, as plain data: what it takes to run it, anywhere. */
export interface StageProgram extends Omit<ProgramCode, "identity"> {
  readonly run: ReadonlyArray<string>
  readonly variables: ReadonlyArray<string>
}

/**
 * Reads the files of a command, and asks for the versions that its result depends on. Fails, before
 * anything runs, with what is missing. `owner` is whose it is: `stage train`.
 */
export const readProgram = Effect.fn("readProgram")(function* (
  owner: string,
  { run, files, environment }: Command,
  { projectRoot, digests }: { readonly projectRoot: string; readonly digests: FileDigests },
) {
  const missing = (what: string, file: string, problem: string) =>
    new ProgramFileMissing({ path: file, message: `${owner}: ${what} names "${file}", ${problem}` })
  const read = (what: string, file: string): Effect.Effect<ReadonlyArray<ProgramFile>, ProgramFileMissing> =>
    Effect.try({
      try: () => filesAt(projectRoot, file, digests),
      catch: (error) => missing(what, file, (error as Error).message),
    })

  const found = new Map<string, ProgramFile>()
  for (const file of files) for (const each of yield* read("files", file)) found.set(each.name, each)
  const list = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))

  const environmentFiles: Array<ProgramFile> = []
  const versions: Array<PrintedVersion> = []
  const identityOf = Effect.fnUntraced(function* (name: string, part: EnvironmentPart) {
    if (typeof part === "string") return part
    const place = `environment.${name}`
    if ("file" in part) {
      const [file, ...more] = yield* read(place, part.file)
      if (file === undefined || more.length > 0) return yield* missing(place, part.file, "which is a folder: name one file")
      environmentFiles.push(file)
      return file.sha256
    }
    const printed = yield* Effect.tryPromise({
      try: () => printedVersion(part.output, projectRoot),
      catch: (error) =>
        new EnvironmentUnknown({
          command: part.output.join(" "),
          message: `${owner}: ${place} is what "${part.output.join(" ")}" prints, and it ${(error as Error).message}. Without it no result can be found or kept: make it run in ${projectRoot}, or name another command, a file or a text`,
        }),
    })
    versions.push({ name, command: part.output, printed })
    return printed
  })
  const values: Record<string, string> = {}
  for (const [name, part] of Object.entries(environment)) values[name] = yield* identityOf(name, part)

  const identity: Json = { run: [...run], files: Object.fromEntries(list.map(({ name, sha256 }) => [name, sha256])), environment: values }
  return { identity, files: list, environmentFiles, versions } satisfies ProgramCode
})

/**
 * A file, or all files of a folder. Throws an Error whose message completes `names "train.py", …`.
 */
const filesAt = (projectRoot: string, file: string, digests: FileDigests): ReadonlyArray<ProgramFile> => {
  const root = path.resolve(projectRoot, file)
  const facts = fs.statSync(root, { throwIfNoEntry: false })
  if (facts === undefined) throw new Error(`which was not found in ${projectRoot}${siblings(root)}`)
  const names = facts.isDirectory() ? folderNames(root, "", []) : [""]
  if (names.length === 0)
    throw new Error("which is a folder without files (names that begin with a dot, __pycache__ and node_modules do not count)")
  return names.map((inside): ProgramFile => {
    const at = fs.realpathSync(path.join(root, inside))
    const sha256 = digests(at)
    if (sha256 === null) throw new Error("which went away while it was read")
    const name = path.relative(projectRoot, path.join(root, inside)).split(path.sep).join("/")
    return { name, path: at, sha256, isExecutable: (fs.statSync(at).mode & 0o100) !== 0 }
  })
}

/** What interpreters and package managers put beside sources, which is made of them. */
const derived = new Set(["__pycache__", "node_modules"])

/** The files below a folder, by their paths from it. `around` are the folders that it lies in. */
const folderNames = (folder: string, prefix: string, around: ReadonlyArray<string>): ReadonlyArray<string> => {
  const real = fs.realpathSync(folder)
  if (around.includes(real)) throw new Error(`in which ${folder} is a link to a folder that it lies in`)
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(({ name }) => {
    if (name.startsWith(".") || derived.has(name)) return []
    const facts = fs.statSync(path.join(folder, name), { throwIfNoEntry: false })
    if (facts?.isDirectory()) return folderNames(path.join(folder, name), `${prefix}${name}/`, [...around, real])
    return facts?.isFile() ? [prefix + name] : []
  })
}

const mostSiblings = 12

/** What lies beside a file that is missing: its name may be mistyped. */
const siblings = (file: string): string => {
  const folder = path.dirname(file)
  if (!fs.existsSync(folder)) return ""
  const names = fs
    .readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort()
  const more = names.length > mostSiblings ? ` and ${names.length - mostSiblings} more` : ""
  return `; beside it: ${names.length === 0 ? "nothing" : `${names.slice(0, mostSiblings).join(", ")}${more}`}`
}
