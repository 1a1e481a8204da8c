import * as fs from "node:fs"
import * as path from "node:path"
import { followSaves } from "../task/checkpoint.ts"
import type { Task, TaskArtifact, TaskInput, TaskOutputs } from "../task/task.ts"
import type { Sandbox } from "./sandbox.ts"

/** A task as its process sees it. */
export interface TaskView {
  readonly task: Task
  /** Keeps a checkpoint that the process has saved where the task wants it. */
  readonly saved: () => Promise<void>
  /** Resolves when nothing is on its way there. */
  readonly settled: () => Promise<void>
  /** Moves the outputs to the folder of the task. Throws what the file system throws. */
  readonly collect: (outputs: TaskOutputs) => TaskOutputs
  /** A text of the process, with the paths that the task gives its files. */
  readonly translate: (text: string) => string
}

/** Of a process that uses the task's own files and folders. */
export const viewInPlace = (task: Task): TaskView => ({
  task,
  saved: async () => {},
  settled: async () => {},
  collect: (outputs) => outputs,
  translate: (text) => text,
})

/**
 * Of a process in a sandbox, which gets copies of the files `copied`. Links would take less time,
 * but change what the file system says of a file, so that the store would verify its bytes again.
 * Rejects with what the file system throws.
 */
export const viewInSandbox = async (sandbox: Sandbox, task: Task, copied: ReadonlyArray<string>): Promise<TaskView> => {
  const copies = new Map([...new Set(copied)].map((file, index) => [file, path.join(sandbox.inputs, String(index))]))
  await Promise.all([...copies].map(([file, copy]) => fs.promises.copyFile(file, copy, fs.constants.COPYFILE_FICLONE)))
  const { folder, checkpoint } = task
  const inputs = Object.fromEntries(Object.entries(task.inputs).map(([port, input]) => [port, withCopies(input, copies)]))
  const paths: ReadonlyArray<readonly [outside: string, inside: string]> = [
    // `inputs/12` goes before `inputs/1`, with which it begins.
    ...[...copies].reverse(),
    [folder, sandbox.outputs],
    ...(checkpoint === null ? [] : [[checkpoint, sandbox.checkpoint] as const]),
  ]
  const follow = checkpoint === null ? async () => {} : followSaves({ from: sandbox.checkpoint, to: checkpoint, folder })
  let saving = Promise.resolve()
  const settled = (): Promise<void> => saving.catch(() => {})
  return {
    task: { ...task, inputs, folder: sandbox.outputs, checkpoint: checkpoint === null ? null : sandbox.checkpoint },
    saved: () => {
      saving = settled().then(follow)
      return saving
    },
    settled,
    collect: (outputs) =>
      Object.fromEntries(
        Object.entries(outputs).map(([name, output]) => {
          const files = output.files.map((file) => ({ ...file, path: move(file.path, folder) }))
          return [name, { ...output, files }]
        }),
      ),
    translate: (text) =>
      text.includes(sandbox.root) ? paths.reduce((all, [outside, inside]) => all.replaceAll(inside, () => outside), text) : text,
  }
}

const withCopies = (input: TaskInput, copies: ReadonlyMap<string, string>): TaskInput => {
  const rename = <A extends { readonly path: string }>(file: A): A => ({ ...file, path: copies.get(file.path) ?? file.path })
  const renameAll = (artifact: TaskArtifact): TaskArtifact =>
    artifact.kind === "table" ? rename(artifact) : { ...artifact, files: artifact.files.map(rename) }
  return input.kind === "one"
    ? { ...input, artifact: renameAll(input.artifact) }
    : { ...input, members: input.members.map((member) => ({ ...member, artifact: renameAll(member.artifact) })) }
}

const move = (file: string, folder: string): string => {
  const moved = path.join(folder, path.basename(file))
  fs.renameSync(file, moved)
  return moved
}
