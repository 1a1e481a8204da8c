import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { ProgramFile } from "../../fingerprint/program.ts"
import { fileSha256 } from "../../store/results/verify.ts"
import { programChanged } from "./unchanged.ts"

/** A file to be copied, and the digest that the copy must have. */
export interface FileCopy {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly mode: number
  /** Null where the file was verified before. */
  readonly sha256: string | null
}

/** The declared files of a program, to lie in a folder under their own names. */
export const programCopies = (files: ReadonlyArray<ProgramFile>, root: string): ReadonlyArray<FileCopy> =>
  files.map(({ name, path: from, sha256, isExecutable }) => ({
    name,
    from,
    to: path.join(root, name),
    mode: isExecutable ? 0o755 : 0o644,
    sha256,
  }))

/** Fails with a StageError `ProgramChanged` where a file of a program is another by now. */
export const copyFiles = Effect.fnUntraced(function* (copies: ReadonlyArray<FileCopy>) {
  // Interrupted only between two files: nothing is written when the folder has been removed.
  for (const each of copies) yield* Effect.uninterruptible(Effect.tryPromise({ try: () => copy(each), catch: (error) => error }))
})

/** Shares the bytes where the file system can, until one of the two is written to. */
const copy = async ({ name, from, to, mode, sha256 }: FileCopy): Promise<void> => {
  await fs.promises.mkdir(path.dirname(to), { recursive: true })
  await fs.promises.copyFile(from, to, fs.constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    throw sha256 !== null && error.code === "ENOENT" ? programChanged(name) : error
  })
  // Objects of the store are read-only.
  await fs.promises.chmod(to, mode)
  if (sha256 !== null && (await fileSha256(to)) !== sha256) throw programChanged(name)
}
