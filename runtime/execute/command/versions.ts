import { Effect } from "effect"
import { StageError } from "../../../dsl/stage-error.ts"
import type { ProgramCode } from "../../fingerprint/program.ts"
import { printedVersion } from "../../program/version.ts"

/**
 * Fails with a StageError `EnvironmentChanged` where what a program's result depends on is not what
 * was fingerprinted: it may run on another machine, or much later.
 */
export const checkVersions = Effect.fnUntraced(function* ({ versions }: Pick<ProgramCode, "versions">, projectRoot: string) {
  for (const { name, command, printed } of versions) {
    const text = command.join(" ")
    const now = yield* Effect.tryPromise({
      try: () => printedVersion(command, projectRoot),
      catch: (error) =>
        new StageError("EnvironmentChanged", `environment.${name} is what "${text}" prints, and here it ${(error as Error).message}`),
    })
    if (now !== printed)
      return yield* Effect.fail(
        new StageError(
          "EnvironmentChanged",
          `"${text}" printed "${printed}" where the pipeline was read, and "${now}" here: use the same`,
          {
            environment: name,
          },
        ),
      )
  }
})
