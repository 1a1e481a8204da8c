import { execFile } from "node:child_process"
import { basename, dirname } from "node:path"
import { promisify } from "node:util"
import type { Commit } from "./record.ts"

/** Without locks, so that a commit at the same time is not held up. */
const status = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "--untracked-files=no"]

/**
 * The commit that a folder has checked out; null outside of a repository, before its first commit,
 * and where there is no git. Never rejects.
 */
export const checkedOut = async (folder: string): Promise<Commit | null> => commitIn(folder, [])

/**
 * The same for a file that is about to be registered: it must be in the commit itself, and a change
 * of `except`, a file beside it, does not count.
 */
export const checkedOutWith = async (file: string, except: string): Promise<Commit | null> => {
  const folder = dirname(file)
  const commit = await commitIn(folder, ["--", `:(exclude)${basename(except)}`])
  if (commit === null) return null
  const tracked = await git(folder, ["ls-files", "--error-unmatch", "--", basename(file)])
  return { ...commit, changed: commit.changed || tracked === null }
}

/** Where a text was first committed as part of a file. */
export interface Introduced {
  readonly commit: string
  /** When it was committed, as the commit says: ISO 8601. */
  readonly date: string
  /** The remote branches that hold the commit, as far as this clone knows. */
  readonly branches: ReadonlyArray<string>
}

/** The first commit of a file that holds the text; null if none does. Never rejects. */
export const introducedIn = async (file: string, text: string): Promise<Introduced | null> => {
  const folder = dirname(file)
  const log = await git(folder, ["log", "--reverse", "--format=%H %cI", `-S${text}`, "--", basename(file)])
  const [commit, date] = log?.split("\n")[0]?.split(" ") ?? []
  if (commit === undefined || commit === "" || date === undefined) return null
  const branches = await git(folder, ["branch", "--remotes", "--format=%(refname:short)", "--contains", commit])
  return { commit, date: new Date(date).toISOString(), branches: (branches ?? "").split("\n").filter((name) => name.includes("/")) }
}

const commitIn = async (folder: string, paths: ReadonlyArray<string>): Promise<Commit | null> => {
  const text = await git(folder, [...status, ...paths])
  const id = text === null ? undefined : /^# branch\.oid ([0-9a-f]+)$/m.exec(text)?.[1]
  return text === null || id === undefined ? null : { id, changed: /^[^#]/m.test(text) }
}

/** What git prints; null where it fails. */
const git = async (folder: string, arguments_: ReadonlyArray<string>): Promise<string | null> => {
  try {
    return (await promisify(execFile)("git", arguments_, { cwd: folder, maxBuffer: 2 ** 28 })).stdout
  } catch {
    return null
  }
}
