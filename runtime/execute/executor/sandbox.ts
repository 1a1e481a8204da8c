import * as fs from "node:fs"
import * as path from "node:path"

/**
 * The folders of a process that is started before its task is known: inputs are copied into them,
 * and outputs moved out of them.
 */
export interface Sandbox {
  readonly root: string
  /** The process may read what is in it. */
  readonly inputs: string
  /** These it may write to. */
  readonly outputs: string
  readonly checkpoint: string
}

/**
 * Beside a temporary folder of the store, with whose name that of the sandbox begins: it is cleared
 * like that one where this process is killed.
 */
export const makeSandbox = (folder: string): Sandbox => {
  const root = fs.mkdtempSync(`${folder}.`)
  const place = (name: string): string => {
    fs.mkdirSync(path.join(root, name))
    return path.join(root, name)
  }
  return { root, inputs: place("inputs"), outputs: place("outputs"), checkpoint: place("checkpoint") }
}

export const removeSandbox = ({ root }: Sandbox): void => fs.rmSync(root, { recursive: true, force: true })
