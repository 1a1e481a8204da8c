import { type ChildProcess, fork } from "node:child_process"
import * as path from "node:path"
import { Effect } from "effect"
import { DataFileError, QueryError } from "../../data/error.ts"
import type { QueryResult } from "../../data/query/index.ts"
import { gatedBundle } from "../bundle/gated.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { Answer, Question } from "./query-child.ts"

/**
 * Answers a question in a process of its own, which an interrupt ends at once, whatever the
 * database is doing, and which dies alone if a query takes more memory than there is.
 */
export const askProcess = Effect.fn("askProcess")(function* (question: Question) {
  const settings = yield* Settings
  const bundle = yield* Effect.promise(() => childBundle(settings))
  return yield* Effect.acquireUseRelease(
    Effect.sync(() => fork(bundle, [], { serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"] })),
    (child) => runQuestion(child, question),
    (child) => Effect.sync(() => void child.kill("SIGKILL")),
  )
})

const runQuestion = (child: ChildProcess, question: Question): Effect.Effect<QueryResult, QueryError | DataFileError> =>
  Effect.callback((resume) => {
    let said = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-mostSaid)
    })
    child.on("message", (answer: Answer) =>
      resume(answer.type === "answer" ? Effect.succeed(answer.result) : Effect.fail(errorOf(answer, question))),
    )
    const died = (how: string) =>
      resume(
        Effect.fail(
          new QueryError(
            "memory",
            `the query's process died: ${how}${said === "" ? "; perhaps there was not enough memory" : `\n${said}`}`,
          ),
        ),
      )
    child.on("error", ({ message }) => died(message))
    child.on("exit", (code, signal) => died(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`))
    child.send(question, (error) => {
      if (error !== null) died(error.message)
    })
  })

/** Characters of what a dying process says that are worth repeating. */
const mostSaid = 1000

const errorOf = ({ tag, reason, message }: Extract<Answer, { type: "refused" }>, { path: file }: Question): QueryError | DataFileError =>
  tag === "QueryError"
    ? new QueryError(reason as QueryError["reason"], message)
    : new DataFileError(file, message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message)

const childBundle = async ({ assayRoot, cache }: SettingsShape): Promise<string> => {
  const directory = path.join(assayRoot, "runtime", "inspect")
  const { bundle } = await gatedBundle({
    assayRoot,
    cache,
    directory,
    entry: `import { answerOne } from ${JSON.stringify(path.join(directory, "query-child.ts"))}\nanswerOne()`,
  })
  return bundle
}
