import * as path from "node:path"
import { Effect } from "effect"
import { canonicalJson } from "../../../dsl/canonical.ts"
import type { Connection } from "../../../dsl/connection.ts"
import { NotAnswered } from "../../connect/not-answered.ts"
import type { ProgramFolder } from "../../connect/program-folder.ts"
import type { AskedProgram } from "../../fingerprint/stage-facts.ts"
import { Settings } from "../../settings.ts"
import { Workspace } from "../../store/workspace/workspace.ts"
import { copyFiles, programCopies } from "./copy-files.ts"
import { programPath } from "./program-path.ts"
import { requireUnchanged } from "./unchanged.ts"
import { checkVersions } from "./versions.ts"

/**
 * Checks that a program which a stage asks is what was fingerprinted, and returns the folder that
 * it is started in where it came from another machine: its declared files lie there under their own
 * names, and nothing else. Fails with a StageError `ProgramChanged` or `EnvironmentChanged`.
 */
export const readyProgram = Effect.fnUntraced(function* (connection: Connection, program: AskedProgram) {
  const { projectRoot } = yield* Settings
  const { temporaryFolder } = yield* Workspace
  const { files, environmentFiles, isCarried } = program
  yield* Effect.tryPromise({ try: () => requireUnchanged([...files, ...environmentFiles]), catch: (error) => error })
  yield* checkVersions(program, projectRoot)
  if (!isCarried || connection.kind !== "program") return undefined
  const { run } = connection.command
  const make = Effect.gen(function* () {
    const folder = path.join(yield* temporaryFolder, "program")
    yield* copyFiles(programCopies(files, folder))
    return { folder, executable: programPath({ run, files }, folder, projectRoot) }
  })
  const notMade = (error: unknown) =>
    new NotAnswered({
      message: `program ${run.join(" ")} cannot be started, because its files cannot be laid out: ${(error as Error).message}`,
      details: { program: run.join(" "), attempts: 0 },
    })
  const name = canonicalJson(files.map(({ name, sha256, isExecutable }) => [name, sha256, isExecutable]))
  return { name, make: Effect.mapError(make, notMade) } satisfies ProgramFolder
})
