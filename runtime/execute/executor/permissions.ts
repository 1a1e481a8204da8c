import * as fs from "node:fs"
import type { Task, TaskArtifact } from "../task/task.ts"

/**
 * Node's flags for the process of a user's stage. It may read its code, its packages and its
 * inputs, and write its own folder and checkpoint. `own` are files and folders that the process
 * needs itself. The permissions follow symbolic links, so every path is a real one.
 */
export const permissionFlags = (task: Task, own: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { rights, folder, checkpoint } = task
  const bundles = [task.bundle, ...Object.values(task.plugins)]
  const known = process.allowedNodeEnvironmentFlags
  const writable = [folder, ...(checkpoint === null ? [] : [checkpoint])]
  const readable = [...own, ...bundles.flatMap((bundle) => [bundle, `${bundle}.map`]), ...rights.read, ...inputFiles(task), ...writable]
  return [
    known.has("--permission") ? "--permission" : "--experimental-permission",
    "--disable-warning=ExperimentalWarning",
    // `doctor` says which packages hold native code.
    "--disable-warning=SecurityWarning",
    // What a stage reads of a buffer that it has not filled is the same every time.
    ...(known.has("--zero-fill-buffers") ? ["--zero-fill-buffers"] : []),
    ...patternsOf(readable).map((pattern) => `--allow-fs-read=${pattern}`),
    ...patternsOf(writable).map((pattern) => `--allow-fs-write=${pattern}`),
    ...(rights.addons ? ["--allow-addons"] : []),
    ...(rights.declared.includes("processes") ? ["--allow-child-process", "--allow-worker"] : []),
    ...(rights.declared.includes("network") && known.has("--allow-net") ? ["--allow-net"] : []),
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
