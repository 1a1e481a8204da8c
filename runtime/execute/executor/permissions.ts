import * as fs from "node:fs"
import type { Rights } from "../../fingerprint/rights.ts"
import type { Task, TaskArtifact } from "../task/task.ts"

/**
 * Node's flags for the process of a user's stage, which reads and writes these files and folders
 * and no others; what it may write it may read. The permissions follow symbolic links, so every
 * path is a real one.
 */
export const permissionFlags = (
  { addons, declared }: Pick<Rights, "addons" | "declared">,
  { readable, writable }: { readonly readable: ReadonlyArray<string>; readonly writable: ReadonlyArray<string> },
): ReadonlyArray<string> => {
  const known = process.allowedNodeEnvironmentFlags
  return [
    known.has("--permission") ? "--permission" : "--experimental-permission",
    "--disable-warning=ExperimentalWarning",
    // `doctor` says which packages hold native code.
    "--disable-warning=SecurityWarning",
    // What a stage reads of a buffer that it has not filled is the same every time.
    ...(known.has("--zero-fill-buffers") ? ["--zero-fill-buffers"] : []),
    ...patternsOf([...readable, ...writable]).map((pattern) => `--allow-fs-read=${pattern}`),
    ...patternsOf(writable).map((pattern) => `--allow-fs-write=${pattern}`),
    ...(addons ? ["--allow-addons"] : []),
    ...(declared.includes("processes") ? ["--allow-child-process", "--allow-worker"] : []),
    ...(declared.includes("network") && known.has("--allow-net") ? ["--allow-net"] : []),
  ]
}

/**
 * Each place once, and none inside of another: Node 20 forgets what is in a folder when something
 * in it is named too, and aborts on a repetition. A folder stands for all that is in it; what is
 * not there yet is taken for one.
 */
const patternsOf = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const places = new Map<string, boolean>()
  for (const path of paths) {
    const facts = fs.statSync(path, { throwIfNoEntry: false })
    places.set(facts === undefined ? path : fs.realpathSync.native(path), facts?.isFile() !== true)
  }
  const isInside = (path: string): boolean =>
    [...places].some(([folder, isFolder]) => isFolder && path !== folder && path.startsWith(`${folder}/`))
  return [...places].flatMap(([path, isFolder]) => (isInside(path) ? [] : [isFolder ? `${path}/*` : path])).sort()
}

/** The files of all inputs of a task. */
export const inputFiles = ({ inputs }: Pick<Task, "inputs">): ReadonlyArray<string> =>
  Object.values(inputs).flatMap((input) =>
    input.kind === "one" ? filesOf(input.artifact) : input.members.flatMap(({ artifact }) => filesOf(artifact)),
  )

const filesOf = (artifact: TaskArtifact): ReadonlyArray<string> =>
  artifact.kind === "table" ? [artifact.path] : artifact.files.map((file) => file.path)
