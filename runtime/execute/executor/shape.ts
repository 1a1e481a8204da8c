import * as fs from "node:fs"
import type { Rights } from "../../fingerprint/rights.ts"
import type { SettingsShape } from "../../settings.ts"
import type { Task } from "../task/task.ts"
import { engineFolders, environmentOf, heapFlags } from "./environment.ts"
import { inputFiles } from "./permissions.ts"
import type { Program } from "./program.ts"

/**
 * What a process for a user's stage is started with, besides folders of its own. Processes of one
 * shape can do each other's tasks.
 */
export interface Shape {
  /** The program that it runs. */
  readonly entry: string
  readonly rights: Pick<Rights, "addons" | "declared">
  /** Files and folders that it may read. */
  readonly readable: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly heap: ReadonlyArray<string>
}

/**
 * Bytes of inputs up to which they are copied for a process that cannot name them yet: to copy more
 * takes as long as to start another one.
 */
const mostCopiedBytes = 32e6

/** Bytes that can be copied in the time that a file takes besides those in it. */
const bytesPerFile = 1e5

/**
 * The shape for a task, and the inputs that have to be copied. Large inputs belong to the shape:
 * the stages of a sweep often share them.
 */
export const shapeOf = (
  task: Task,
  program: Program,
  settings: SettingsShape,
): { readonly shape: Shape; readonly inputs: ReadonlyArray<string> } => {
  const { rights, gpus, bundle, plugins } = task
  const { addons, declared, read } = rights
  const files = inputFiles(task)
  const bytes = files.reduce((sum, file) => sum + bytesPerFile + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
  const isSmall = bytes <= mostCopiedBytes
  const code = [bundle, ...Object.values(plugins)].flatMap((file) => [file, `${file}.map`])
  return {
    shape: {
      entry: program.entry,
      rights: { addons, declared },
      readable: [...program.files, ...code, ...read, ...engineFolders(rights, settings), ...(isSmall ? [] : files)],
      environment: environmentOf(rights, settings, gpus),
      folder: declared.some((each) => each.startsWith("file:")) ? settings.projectRoot : "/",
      heap: heapFlags(),
    },
    inputs: isSmall ? files : [],
  }
}
