import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { promisify } from "node:util"

const execute = promisify(execFile)
const tsx = createRequire(import.meta.url).resolve("tsx/cli")

type Environment = Readonly<Record<string, string>>

/** Runs a program, and reads the JSON of the last line that it prints. */
export const lastLineOf = async <T>(program: string, given: ReadonlyArray<string>, environment: Environment = {}): Promise<T> => {
  const { stdout } = await execute(program, [...given], { maxBuffer: 2 ** 24, env: { ...process.env, ...environment } })
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T
}

/** The same of a TypeScript module, which is given what it is to measure as JSON. */
export const measureIn = <T>(module: string, workload: unknown, environment: Environment = {}): Promise<T> =>
  lastLineOf(process.execPath, [tsx, "--conditions=assay-source", module, JSON.stringify(workload)], environment)
