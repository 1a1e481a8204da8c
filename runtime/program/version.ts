import { spawn } from "node:child_process"
import { programEnvironment } from "./environment.ts"
import { executablePath } from "./executable.ts"

/** Seconds that a command may take to say its version: to import PyTorch takes ten. */
const limitSeconds = 60

/** Characters of a version. More is not one. */
const mostCharacters = 100_000

/** What commands printed, by the folder and the command: each runs once per process. */
const answers = new Map<string, Promise<string>>()

/**
 * What a command such as `["python3", "--version"]` prints, without spaces around it: on stdout, or
 * on stderr where it prints nothing there. It runs once per process. Rejects with an Error whose
 * message completes "python3 --version …".
 */
export const printedVersion = (command: ReadonlyArray<string>, folder: string): Promise<string> => {
  const name = JSON.stringify([folder, command])
  const answer = answers.get(name) ?? ask(command, folder)
  answers.set(name, answer)
  // It may be installed in the meantime.
  answer.catch(() => answers.delete(name))
  return answer
}

const ask = ([program = "", ...rest]: ReadonlyArray<string>, folder: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(executablePath(program, folder), rest, {
      cwd: folder,
      env: programEnvironment([]),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitSeconds * 1000,
      killSignal: "SIGKILL",
    })
    const printed = { stdout: "", stderr: "" }
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        printed[stream] = (printed[stream] + text).slice(0, mostCharacters)
      })
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code === "ENOENT" ? "was not found" : `cannot be started: ${error.message}`)),
    )
    child.on("close", (code, signal) => {
      const version = printed.stdout.trim() || printed.stderr.trim()
      if (signal === "SIGKILL") reject(new Error(`did not end within ${limitSeconds} seconds`))
      else if (code !== 0) reject(new Error(`ended with ${signal ?? `exit code ${code}`}${last(printed.stderr)}`))
      else if (version === "") reject(new Error("printed nothing"))
      else resolve(version)
    })
  })

const last = (text: string): string => {
  const line = text.trim().split("\n").at(-1) ?? ""
  return line === "" ? "" : `: ${line}`
}
