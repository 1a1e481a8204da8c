/**
 * A tensor function that cannot be compiled: an operation without a kernel, or a value read while
 * tracing.
 */
export class TraceError extends Error {
  readonly operation: string
  /** `file:line` in the caller's code; undefined if the stack does not show it. */
  readonly location: string | undefined
  constructor(operation: string, problem: string) {
    const location = callerLocation(wholeStack())
    super(`${operation}: ${problem}${location === undefined ? "" : ` (at ${location})`}`)
    this.name = "TraceError"
    this.operation = operation
    this.location = location
  }
}

/** Inputs that do not match a program's signature, or an engine that is not available. */
export class EngineError extends Error {
  override readonly name = "EngineError"
}

/**
 * The first frame that is neither in TensorFlow.js nor in this engine. With source maps, frames of
 * a bundle are those of its sources.
 */
const callerLocation = (stack: string): string | undefined => {
  const files = stack.split("\n").map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+):\d+\)?$/.exec(line)?.[1])
  const frames = files.filter((frame) => frame !== undefined)
  // The first frame is in this file, whose folder holds the engine.
  const engine = frames[0]?.replace(/[^\\/]*$/, "")
  if (engine === undefined) return undefined
  return frames.find((frame) => !frame.startsWith(engine) && !/[\\/]@tensorflow[\\/]|[\\/]tfjs-[a-z-]+[\\/]src[\\/]/.test(frame))
}

/** The stack without a limit: TensorFlow.js puts many frames between the caller and a kernel. */
const wholeStack = (): string => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = Number.POSITIVE_INFINITY
  const stack = new Error().stack ?? ""
  Error.stackTraceLimit = limit
  return stack
}
