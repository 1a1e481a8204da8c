import { Effect, Exit, Semaphore } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { Program } from "../../dsl/connection.ts"
import type { Ask } from "./ask-server.ts"
import { excerpt, NotAnswered } from "./not-answered.ts"
import { forEachPaid } from "./paid-once.ts"
import { type LineFailed, type ProcessOptions, type ProgramProcess, startProcess } from "./program-process.ts"
import { redaction, secretsAmong } from "./secrets.ts"

/** The lines of one program, whose processes live on between them. */
export interface OpenProgram {
  readonly ask: Ask
  readonly close: Effect.Effect<void>
}

/** How long a program may take to end when its input does. */
const graceMs = 1000

export const openProgram = (program: Program, options: ProcessOptions): OpenProgram => {
  const permits = Semaphore.makeUnsafe(program.processes)
  const idle: Array<ProgramProcess> = []
  const running = new Set<ProgramProcess>()

  const acquire = Effect.suspend(() => {
    const usable = idle.pop() ?? start()
    return usable.isUsable() ? Effect.succeed(usable) : Effect.as(stop(usable), start())
  })
  const start = (): ProgramProcess => {
    const started = startProcess(program, options)
    running.add(started)
    return started
  }
  const stop = (process: ProgramProcess, graceMs = 0): Effect.Effect<void> =>
    Effect.andThen(
      process.stop(graceMs),
      Effect.sync(() => void running.delete(process)),
    )

  const askLine = (line: string, count: number): Effect.Effect<ReadonlyArray<Json>, LineFailed> =>
    Effect.acquireUseRelease(
      acquire,
      (process) =>
        process.ask(line).pipe(
          Effect.timeoutOrElse({
            duration: program.timeoutSeconds * 1000,
            orElse: () => Effect.fail(process.failed(`it did not answer within ${program.timeoutSeconds} seconds`)),
          }),
          Effect.flatMap((answer) => readAnswers(answer, count, process)),
        ),
      (process, exit) => (Exit.isSuccess(exit) ? Effect.sync(() => void idle.push(process)) : stop(process)),
    )

  const ask: Ask = Effect.fnUntraced(function* (requests, answered) {
    if (!requests.every((request) => "input" in request)) return yield* misplaced(program)
    const inputs = requests.map((request) => ("input" in request ? request.input : null))
    const lines = Array.from({ length: Math.ceil(inputs.length / program.batchSize) }, (_, index) => index * program.batchSize)
    const all: Array<Json> = new Array(requests.length)
    yield* forEachPaid(lines, program.processes, (first, _, paid) => {
      const batch = inputs.slice(first, first + program.batchSize)
      let attempts = 0
      const once = Effect.suspend(() => {
        attempts += 1
        return paid(
          Effect.map(askLine(JSON.stringify(batch), batch.length), (answers) => {
            for (const [index, answer] of answers.entries()) {
              all[first + index] = answer
              answered(first + index, answer)
            }
          }),
        )
      })
      return Semaphore.withPermit(permits, once).pipe(
        Effect.retry({ while: ({ isPassing }) => isPassing && attempts <= program.retries }),
        Effect.mapError((failure) => notAnswered(program, failure, { attempts, count: batch.length })),
      )
    })
    return all
  })

  const close = Effect.suspend(() =>
    Effect.forEach(running, (process) => stop(process, graceMs), { concurrency: "unbounded", discard: true }),
  )
  return { ask, close }
}

const readAnswers = (line: string, count: number, { failed }: ProgramProcess): Effect.Effect<ReadonlyArray<Json>, LineFailed> => {
  const value = parse(line)
  if (value === undefined) return Effect.fail(failed(`it printed a line that is not JSON: "${excerpt(line, 200)}"`))
  if (!Array.isArray(value)) return Effect.fail(failed(`it printed a line that is not a list: "${excerpt(line, 200)}"`))
  return value.length === count
    ? Effect.succeed(value as ReadonlyArray<Json>)
    : Effect.fail(failed(`it printed a list of ${value.length} answers to ${count} requests`))
}

const notAnswered = (
  program: Program,
  { reason, stderr }: LineFailed,
  { attempts, count }: { readonly attempts: number; readonly count: number },
) => {
  const redact = redaction(secretsAmong(program.command.variables))
  const name = program.command.run.join(" ")
  const end = redact.text(stderr).trim().slice(-2000)
  const asked = attempts === 1 ? "" : `; it was asked ${attempts} times`
  return new NotAnswered({
    message: redact.text(
      `program ${name} has not answered a line of ${count} requests: ${reason}${asked}. It reads a JSON list per line, and is to print as many answers as a list on one line, and nothing else on stdout${end === "" ? "" : `. It ended with: ${end}`}`,
    ),
    details: { program: redact.text(name), attempts, ...(end === "" ? {} : { stderr: end }) },
  })
}

const misplaced = ({ command }: Program): NotAnswered =>
  new NotAnswered({
    message: `program ${command.run.join(" ")} is asked by { input }, got { path, body }, which is for servers`,
    details: { program: command.run.join(" "), attempts: 0 },
  })

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
