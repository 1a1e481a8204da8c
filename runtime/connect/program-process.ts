import { spawn } from "node:child_process"
import { Data, Effect } from "effect"
import type { Program } from "../../dsl/connection.ts"
import type { Reaper } from "../disk/reaper.ts"
import { programEnvironment } from "../program/environment.ts"
import type { ProgramPlace } from "./program-folder.ts"

/** A line that a program did not answer, or not as it should. */
export class LineFailed extends Data.TaggedError("LineFailed")<{
  readonly reason: string
  /** Whether another process of the program may answer it. */
  readonly isPassing: boolean
  /** The end of what the program printed on stderr. */
  readonly stderr: string
}> {}

/** A process of a program, which answers one line at a time. */
export interface ProgramProcess {
  /** One line, without its end, for another. Interrupting it leaves a process of no more use. */
  readonly ask: (line: string) => Effect.Effect<string, LineFailed>
  readonly failed: (reason: string) => LineFailed
  /** Whether a line can be given to it. */
  readonly isUsable: () => boolean
  /** Ends its input, and kills its whole group if it runs on for `graceMs`. */
  readonly stop: (graceMs: number) => Effect.Effect<void>
}

/** Milliseconds for what a process has printed to arrive after its end. */
const drainMs = 500

/** Characters of stderr that are kept. */
const keptCharacters = 4000

export interface ProcessOptions extends ProgramPlace {
  readonly reaper: Reaper
}

/** Starts a process in a group of its own, so that what it starts ends with it. */
export const startProcess = ({ command }: Program, { folder, executable, reaper }: ProcessOptions): ProgramProcess => {
  const [file = "", ...parameters] = command.run
  const child = spawn(executable, parameters, {
    cwd: folder,
    env: programEnvironment(command.variables),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  })
  const { pid } = child
  if (pid !== undefined) reaper.watchGroup(pid)
  let stderr = ""
  let partial = ""
  let ended: LineFailed | null = null
  let unasked: LineFailed | null = null
  let waiting: ((result: Effect.Effect<string, LineFailed>) => void) | null = null
  const gone: Array<() => void> = []
  const failed = (reason: string, isPassing = true): LineFailed => new LineFailed({ reason, isPassing, stderr })

  const settle = (result: Effect.Effect<string, LineFailed>): void => {
    const resume = waiting
    waiting = null
    resume?.(result)
  }
  const end = (failure: LineFailed): void => {
    ended ??= failure
    settle(Effect.fail(ended))
  }
  const onOutput = (piece: string): void => {
    const at = piece.indexOf("\n")
    if (waiting === null) {
      unasked ??= failed(`it printed what was not asked for: ${quote(piece)}`)
      return
    }
    if (at === -1) {
      partial += piece
      return
    }
    const line = partial + piece.slice(0, at)
    partial = ""
    const rest = piece.slice(at + 1)
    // A further line would be taken for the next answer.
    if (rest !== "") end(failed(`it printed more than one line for one: ${quote(`${line}\n${rest}`)}`))
    else settle(Effect.succeed(line))
  }
  const killGroup = (): void => {
    if (pid === undefined) return
    try {
      process.kill(-pid, "SIGKILL")
    } catch {
      // None of it is left.
    }
  }

  child.stdin.on("error", () => {})
  child.stdout.setEncoding("utf8").on("data", onOutput)
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    stderr = (stderr + piece).slice(-keptCharacters)
  })
  const close = (failure: () => LineFailed): void => {
    if (pid !== undefined) reaper.forgetGroup(pid)
    end(failure())
    for (const resume of gone) resume()
  }
  child.once("error", (error: NodeJS.ErrnoException) =>
    close(() => failed(error.code === "ENOENT" ? `${file} was not found` : error.message, false)),
  )
  child.once("exit", (code, signal) => {
    killGroup()
    const closed = (): void => close(() => failed(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`))
    // What has left the group may hold its output open.
    const timer = setTimeout(closed, drainMs)
    // After all that it has printed.
    child.once("close", () => {
      clearTimeout(timer)
      closed()
    })
  })

  return {
    failed,
    isUsable: () => ended === null && waiting === null,
    ask: (line) =>
      Effect.callback((resume) => {
        const failure = ended ?? unasked
        if (failure !== null) return resume(Effect.fail(failure))
        waiting = resume
        child.stdin.write(`${line}\n`)
        return Effect.sync(() => {
          waiting = null
          ended ??= failed("it was not waited for")
        })
      }),
    stop: (graceMs) =>
      Effect.callback((resume) => {
        ended ??= failed("it was stopped")
        if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
        const timer = setTimeout(killGroup, graceMs)
        gone.push(() => {
          clearTimeout(timer)
          resume(Effect.void)
        })
        if (graceMs === 0) killGroup()
        child.stdin.end()
      }),
  }
}

const quote = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
