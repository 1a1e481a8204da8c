import { pathToFileURL } from "node:url"

/** A pipeline file that tries to end the process, or that never ends itself. */
export class NotLoadable extends Error {
  override readonly name = "NotLoadable"
  constructor(message: string) {
    super(message)
    // Of places in here a reader has no use.
    this.stack = ""
  }
}

/**
 * Imports the bundle of a pipeline file and returns the module, whose `exported` may be anything.
 * It is the user's code, and runs in the command's process: while it does, Ctrl-C ends the process,
 * which no listener could do while a loop runs, and nothing that the file calls can. Rejects with
 * what the file throws, or with a NotLoadable.
 */
export const evaluate = async (bundle: string): Promise<{ readonly exported: unknown }> => {
  const undo = [signalsEndTheProcess()]
  try {
    const guard = refuseToEnd()
    undo.push(guard.lift)
    const stalled = neverSettles()
    undo.push(stalled.forget)
    const module = (await Promise.race([import(pathToFileURL(bundle).href), stalled.promise])) as { readonly exported: unknown }
    guard.check()
    return module
  } finally {
    for (const each of undo) each()
  }
}

/**
 * Takes the listeners of signals away, so that the system does with them what it does by default,
 * until they are given back.
 */
const signalsEndTheProcess = (): (() => void) => {
  const taken = (["SIGINT", "SIGTERM"] as const).map((name) => ({ name, listeners: process.rawListeners(name) as Array<() => void> }))
  for (const { name } of taken) process.removeAllListeners(name)
  return () => {
    for (const { name, listeners } of taken) {
      process.removeAllListeners(name)
      for (const listener of listeners) process.on(name, listener)
    }
  }
}

/**
 * Has every way to end the process throw, and remembers it for a file that catches what it is
 * thrown.
 */
const refuseToEnd = (): { readonly lift: () => void; readonly check: () => void } => {
  const ways = process as unknown as Record<string, unknown>
  const before = { exit: ways.exit, reallyExit: ways.reallyExit, abort: ways.abort, kill: ways.kill }
  const { exitCode } = process
  let called: NotLoadable | null = null
  /** Throws an error that points at who called `way`. */
  const refuse = (name: string, way: (...given: never) => unknown): never => {
    const error = new NotLoadable(
      `${name} is called while the file is loaded: a pipeline file only declares stages; throw an Error to refuse`,
    )
    Error.captureStackTrace(error, way)
    called ??= error
    throw error
  }
  for (const name of ["exit", "reallyExit", "abort"] as const) {
    const way = () => refuse(`process.${name}()`, way)
    ways[name] = way
  }
  const kill: typeof process.kill = (pid, signal) =>
    pid === process.pid || pid <= 0
      ? refuse("process.kill() of this process", kill)
      : (before.kill as typeof process.kill).call(process, pid, signal)
  process.kill = kill
  return {
    lift: () => {
      Object.assign(ways, before)
      process.exitCode = exitCode
    },
    check: () => {
      if (called !== null) throw called
      if (process.exitCode !== exitCode)
        throw new NotLoadable(`it sets process.exitCode to ${process.exitCode}: a pipeline file only declares stages`)
    },
  }
}

/**
 * Rejects where Node would end the process without a word: the file awaits something, and nothing
 * is left that could bring it.
 */
const neverSettles = (): { readonly promise: Promise<never>; readonly forget: () => void } => {
  let stalled = (): void => {}
  const promise = new Promise<never>((_, reject) => {
    stalled = () => reject(new NotLoadable("its top-level await never settles: nothing is left that could resolve what it waits for"))
  })
  process.once("beforeExit", stalled)
  return { promise, forget: () => void process.removeListener("beforeExit", stalled) }
}
