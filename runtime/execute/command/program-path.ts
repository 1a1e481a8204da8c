import * as path from "node:path"
import type { StageProgram } from "../../fingerprint/program.ts"
import { executablePath } from "../../program/executable.ts"

/**
 * A name is looked for on the PATH. A path leads to a declared file, as it was copied into `root`,
 * or else into the project, as that of an interpreter does.
 */
export const programPath = (
  { run: [program = ""], files }: Pick<StageProgram, "run" | "files">,
  root: string,
  projectRoot: string,
): string => {
  const name = path.posix.normalize(program)
  return executablePath(program, files.some((file) => file.name === name) ? root : projectRoot)
}
