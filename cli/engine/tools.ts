import { Effect } from "effect"
import { type ProgramEnd, type ProgramNotStarted, startProgram } from "../../runtime/execute/command/process.ts"
import { EngineNotInstalled } from "../error.ts"

/** What a program printed, and how it ended. */
export interface ToolEnd extends ProgramEnd {
  readonly stdout: string
  /** All that it printed, in the order in which it came. */
  readonly text: string
}

/** Runs a program to its end. When this is interrupted, the program is ended too. */
export const runTool = (
  [program, ...rest]: readonly [string, ...string[]],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Effect.Effect<ToolEnd, ProgramNotStarted> =>
  Effect.scoped(
    Effect.gen(function* () {
      const lines: Array<string> = []
      const output: Array<string> = []
      const end = yield* startProgram({
        program,
        arguments: rest,
        folder,
        // Messages are read: they have to be in English.
        environment: { ...inherited(), LC_ALL: "C", ...variables },
        onLine: (line, stream) => {
          lines.push(line)
          if (stream === "stdout") output.push(line)
        },
      })
      return { ...(yield* end), stdout: output.join("\n"), text: lines.join("\n") }
    }),
  )

const inherited = (): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/**
 * A program that an installation needs, how to see that it is there, and what to do if it is not.
 */
interface Tool {
  readonly name: string
  readonly ask: readonly [string, ...string[]]
  readonly purpose: string
  readonly remedy: string
}

const python: Tool = {
  name: "python3",
  // Some distributions split the standard library.
  ask: ["python3", "-I", "-c", "import tarfile, zipfile, zlib"],
  purpose: "downloads and unpacks the libraries",
  remedy: "install Python 3 (Debian, Ubuntu: apt-get install python3 python3-pip)",
}

const pip: Tool = {
  name: "pip",
  ask: ["python3", "-m", "pip", "--version"],
  purpose: "downloads the libraries",
  remedy: "install it for python3 (Debian, Ubuntu: apt-get install python3-pip)",
}

const npm: Tool = {
  name: "npm",
  ask: ["npm", "--version"],
  purpose: "downloads the binding",
  remedy: "install it; it comes with Node",
}

const compiler: Tool = {
  name: "g++",
  ask: ["g++", "--version"],
  purpose: "compiles the binding, in seconds",
  remedy: "install it (Debian, Ubuntu: apt-get install g++)",
}

/** Fails unless every tool that an installation needs is there, and names all that are not. */
export const checkTools = Effect.fn("checkTools")(function* (engine: string, { compiles }: { readonly compiles: boolean }) {
  const missing: Array<Tool> = []
  for (const tool of [python, pip, ...(compiles ? [npm, compiler] : [])]) {
    // Without python3, pip cannot be asked for.
    if (tool === pip && missing.includes(python)) continue
    const works = yield* runTool(tool.ask, "/").pipe(
      Effect.map(({ code }) => code === 0),
      Effect.catch(() => Effect.succeed(false)),
    )
    if (!works) missing.push(tool)
  }
  if (missing.length === 0) return
  const found = missing.map(({ name, purpose, remedy }) => `${name}, which ${purpose}, was not found: ${remedy}`)
  return yield* new EngineNotInstalled({ engine, message: `${found.join("; ")}. Then run the same command again` })
})
