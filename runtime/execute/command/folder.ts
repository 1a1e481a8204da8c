import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { Point } from "../../../dsl/declaration.ts"
import type { ProgramFile } from "../../fingerprint/program.ts"
import type { Task, TaskArtifact, TaskInput } from "../task/task.ts"
import { copyFiles, type FileCopy, programCopies } from "./copy-files.ts"

/** Where the program of a task works, and what it finds there. All paths are absolute. */
export interface WorkFolder {
  /** What its paths start at: the declared files lie in it under their own names. */
  readonly root: string
  readonly inputs: string
  /** Empty at first. */
  readonly outputs: string
  readonly parameters: string
  /** What it keeps here is there again after a kill and in a retry. */
  readonly resume: string
}

/** Inside of the temporary folder of the task, and of its checkpoint. */
export const workFolderOf = ({ folder, checkpoint }: Pick<Task, "folder" | "checkpoint">): WorkFolder => {
  const root = path.join(folder, "command")
  return {
    root,
    inputs: path.join(root, "inputs"),
    outputs: path.join(root, "outputs"),
    parameters: path.join(root, "parameters.json"),
    resume: path.join(checkpoint ?? folder, "resume"),
  }
}

/**
 * Makes the folder: inputs under the names that `assay export` gives them, parameters as JSON, the
 * declared files. All are copies, so that a program that writes into them damages nothing. Fails
 * with a StageError `ProgramChanged` where a file is not what was fingerprinted.
 */
export const prepareFolder = Effect.fnUntraced(function* (
  task: Pick<Task, "folder" | "checkpoint" | "inputs" | "parameters">,
  files: ReadonlyArray<ProgramFile>,
) {
  const places = workFolderOf(task)
  for (const folder of [places.inputs, places.outputs, places.resume]) fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(places.parameters, `${JSON.stringify(task.parameters, null, 2)}\n`)
  const copies: Array<FileCopy> = []
  for (const [port, input] of Object.entries(task.inputs))
    for (const [from, to] of placeInput(places.inputs, port, input)) copies.push({ name: to, from, to, mode: 0o644, sha256: null })
  yield* copyFiles([...copies, ...programCopies(files, places.root)])
  return places
})

/** Which files go where; of a collection it writes the list of its members. */
const placeInput = (inputs: string, port: string, input: TaskInput): ReadonlyArray<readonly [from: string, to: string]> => {
  const at = path.join(inputs, port)
  if (input.kind === "one") return placeArtifact(at, input.artifact)
  const names = memberNames(input.members)
  const members = input.members.map(({ path: place, at: point, artifact }, index) => {
    const name = names[index] as string
    return { path: place, at: point, file: `inputs/${port}/${name}${artifact.kind === "table" ? ".parquet" : ""}` }
  })
  fs.mkdirSync(at, { recursive: true })
  fs.writeFileSync(`${at}.json`, `${JSON.stringify(members, null, 2)}\n`)
  return input.members.flatMap(({ artifact }, index) => placeArtifact(path.join(at, names[index] as string), artifact))
}

const placeArtifact = (at: string, artifact: TaskArtifact): ReadonlyArray<readonly [from: string, to: string]> =>
  artifact.kind === "table"
    ? [[artifact.path, `${at}.parquet`]]
    : artifact.files.map(({ name, path: from }) => [from, path.join(at, name)] as const)

/**
 * `beta=0.1,seed=2.offline`: the point of a member and its path, and a number where two are alike.
 */
const memberNames = (members: ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly at: Point }>): ReadonlyArray<string> => {
  const taken = new Set<string>()
  return members.map(({ path: place, at }) => {
    const point = Object.entries(at)
      .map(([axis, value]) => `${axis}=${value}`)
      .join(",")
    const parts = [...(point === "" ? [] : [point]), ...place]
    const name = (parts.join(".") || "0").replace(/[^\p{L}\p{N}_.,='-]/gu, "_").replace(/^\.+/, "_")
    let unique = name
    for (let number = 2; taken.has(unique.toLowerCase()); number += 1) unique = `${name}-${number}`
    taken.add(unique.toLowerCase())
    return unique
  })
}
