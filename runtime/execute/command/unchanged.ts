import * as fs from "node:fs"
import { StageError } from "../../../dsl/stage-error.ts"
import { identityOf } from "../../disk/file-digest.ts"
import type { ProgramFile } from "../../fingerprint/program.ts"
import { fileSha256 } from "../../store/results/verify.ts"

/** What the file system said of files when their content was last seen to be what it should. */
const seen = new Map<string, string>()

/**
 * Rejects with a StageError `ProgramChanged` where a file of a program is not what was
 * fingerprinted: what it answered would be kept under the key of another one.
 */
export const requireUnchanged = async (files: ReadonlyArray<ProgramFile>): Promise<void> => {
  for (const { name, path: file, sha256 } of files) {
    const facts = fs.statSync(file, { throwIfNoEntry: false })
    if (facts === undefined) throw programChanged(name)
    const state = `${sha256} ${identityOf(facts)}`
    if (seen.get(file) === state) continue
    if ((await fileSha256(file).catch(() => null)) !== sha256) throw programChanged(name)
    seen.set(file, state)
  }
}

export const programChanged = (file: string): StageError =>
  new StageError("ProgramChanged", `${file} was changed after its pipeline was read; run again`, { file })
