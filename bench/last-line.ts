import { execFile } from "node:child_process"
import { promisify } from "node:util"

const execute = promisify(execFile)

/** Runs a program, and returns the JSON of the last line that it prints. */
export const lastLine = async <T>(
  program: string,
  given: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> => {
  const { stdout } = await execute(program, [...given], { maxBuffer: 2 ** 24, env: { ...process.env, ...environment } })
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T
}
