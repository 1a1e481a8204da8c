import { type ChildProcess, spawn } from "node:child_process"
import { Deferred, Effect, Schema, type Scope } from "effect"
import { type Reaper, startReaper } from "../../disk/reaper.ts"
import { endGroup } from "./group.ts"
import { lineReader } from "./lines.ts"

/** How a program ended: of its own, by a code, or by a signal. */
export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that could not be started. The message completes "python3 …". */
export class ProgramNotStarted extends Schema.TaggedError<ProgramNotStarted>()("ProgramNotStarted", { message: Schema.String }) {}

export interface ProgramOptions {
  /** A name on the PATH, or an absolute path. */
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly onLine: (line: string, stream: "stdout" | "stderr") => void
  /** Milliseconds between a polite signal and the one that ends it. */
  readonly graceMs?: number
}

/** How long a program may take to save its state after SIGTERM, before it is killed. */
const defaultGraceMs = 5000

/**
 * Starts a program at the head of a process group, and returns what waits for its end. When the
 * scope closes, the whole group has ended: by SIGTERM, or by SIGKILL where that is ignored. It ends
 * with this process too, even where that is killed.
 */
export const startProgram = (options: ProgramOptions): Effect.Effect<Effect.Effect<ProgramEnd>, ProgramNotStarted, Scope.Scope> =>
  Effect.gen(function* () {
    const reaper = yield* Effect.acquireRelease(Effect.sync(startReaper), ({ close }) => Effect.sync(close))
    const ended = yield* Deferred.make<ProgramEnd>()
    yield* Effect.acquireRelease(
      spawnGroup(options, reaper, (end) => Deferred.doneUnsafe(ended, Effect.succeed(end))),
      (child) =>
        Effect.andThen(
          endGroup(child.pid as number, options.graceMs ?? defaultGraceMs),
          Effect.sync(() => {
            reaper.forgetGroup(child.pid as number)
            child.stdout?.destroy()
            child.stderr?.destroy()
          }),
        ),
    )
    return Deferred.await(ended)
  })

const spawnGroup = (
  { program, arguments: rest, folder, environment, onLine }: ProgramOptions,
  reaper: Reaper,
  onEnd: (end: ProgramEnd) => void,
): Effect.Effect<ChildProcess, ProgramNotStarted> =>
  Effect.callback((resume) => {
    const child = spawn(program, rest, { cwd: folder, env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    const { pid } = child
    if (pid !== undefined) reaper.watchGroup(pid)
    const readers = (["stdout", "stderr"] as const).map((stream) => {
      const reader = lineReader((line) => onLine(line, stream))
      child[stream].setEncoding("utf8").on("data", reader.add)
      return reader
    })
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(new ProgramNotStarted({ message: problemOf(error) }))))
    child.once("exit", (code, signal) => {
      let isOver = false
      const end = (): void => {
        if (isOver) return
        isOver = true
        for (const reader of readers) reader.end()
        onEnd({ code, signal })
      }
      child.once("close", end)
      // A process that it has left behind may hold its output open.
      setTimeout(end, drainMs).unref()
    })
  })

/** Milliseconds for what a program has printed to arrive after its end. */
const drainMs = 500

const problemOf = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === "ENOENT") return "was not found: install it, or name it by its path"
  if (code === "EACCES") return 'is not executable: chmod +x it, or name its interpreter first, as in ["python3", "train.py"]'
  return `cannot be started: ${message}`
}
