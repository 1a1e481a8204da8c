import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { Commit } from "../store/runs/record.ts"

/** Without locks, so that a commit at the same time is not held up. */
const status = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "--untracked-files=no"]

/**
 * The commit that a folder has checked out; null outside of a repository, before its first commit,
 * and where there is no git. Never rejects.
 */
export const checkedOut = async (folder: string): Promise<Commit | null> => {
  try {
    const { stdout } = await promisify(execFile)("git", status, { cwd: folder, maxBuffer: 2 ** 28 })
    const id = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout)?.[1]
    return id === undefined ? null : { id, changed: /^[^#]/m.test(stdout) }
  } catch {
    return null
  }
}
