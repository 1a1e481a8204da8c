import * as fs from "node:fs"
import { Effect } from "effect"
import { StageError } from "../../../dsl/stage-error.ts"
import { redaction, secretsAmong } from "../../connect/secrets.ts"
import type { StageProgram } from "../../fingerprint/program.ts"
import { Settings } from "../../settings.ts"
import { paced } from "../task/paced.ts"
import type { Report, Task } from "../task/task.ts"
import { commandEnvironment } from "./environment.ts"
import { prepareFolder, type WorkFolder } from "./folder.ts"
import { type ProgramEnd, startProgram } from "./process.ts"
import { programPath } from "./program-path.ts"
import { lineReports } from "./progress.ts"
import { requireUnchanged } from "./unchanged.ts"
import { checkVersions } from "./versions.ts"

/** Lines of a program's output that are told with its failure. */
const toldLines = 10

/**
 * Runs the program of a command stage in a folder of its own and waits for its end. Fails with a
 * StageError: `ProgramChanged` or `EnvironmentChanged` where it is not what was fingerprinted,
 * `CommandNotStarted`, or `CommandFailed` with its exit code and its last lines.
 * Interrupting it ends every process of the program.
 */
export const runCommand = Effect.fn("runCommand")(function* (task: Task, report: (report: Report) => void) {
  const { projectRoot } = yield* Settings
  const { command } = task
  if (command === undefined)
    return yield* Effect.fail(new StageError("NoCommand", `stage ${task.stage} declares no program to run: declare \`command\``))
  yield* checkVersions(command, projectRoot)
  const places = yield* prepareFolder(task, command.files)
  const end = yield* Effect.scoped(runIn(places, task, command, report))
  yield* attempt(() => requireUnchanged(command.environmentFiles))
  return end
})

const runIn = Effect.fnUntraced(function* (places: WorkFolder, task: Task, command: StageProgram, report: (report: Report) => void) {
  const { projectRoot } = yield* Settings
  const { run, variables } = command
  const name = run.join(" ")
  const redact = redaction(secretsAmong(variables)).text
  const isResumed = fs.readdirSync(places.resume).length > 0
  const last: Array<string> = []
  const pace = paced(report)
  const reportLine = lineReports(isResumed, (each) => {
    if (each.type === "output" && each.text.trim() !== "") last.push(each.text)
    if (last.length > toldLines) last.shift()
    pace.report(each)
  })
  const ended = yield* startProgram({
    program: programPath(command, places.root, projectRoot),
    arguments: run.slice(1),
    folder: places.root,
    environment: commandEnvironment(task, places, variables),
    onLine: (line, stream) => reportLine(redact(line), stream),
  }).pipe(Effect.mapError(({ message }) => new StageError("CommandNotStarted", `${run[0]} ${message}`, { command: name })))
  const end = yield* Effect.ensuring(ended, Effect.sync(pace.flush))
  if (end.code !== 0) return yield* Effect.fail(commandFailed(name, end, last))
})

const commandFailed = (name: string, { code, signal }: ProgramEnd, last: ReadonlyArray<string>): StageError => {
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
  const hint = signal === "SIGKILL" ? "; perhaps there was not enough memory" : ""
  const told = last.length === 0 ? "; it printed nothing" : `. The last that it printed:\n${last.join("\n")}`
  const details = { command: name, ...(signal === null ? { exitCode: code ?? 0 } : { signal }) }
  return new StageError("CommandFailed", `${name} ${how}${hint}${told}`, details)
}

const attempt = <A>(act: () => Promise<A>): Effect.Effect<A, StageError> =>
  Effect.tryPromise({ try: act, catch: (error) => error as StageError })
