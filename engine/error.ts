/** A tensor function that cannot be turned into a program: an operation with no kernel, or a value read while tracing. */
export class TraceError extends Error {
  readonly operation: string
  /** `file:line` of the caller's code, if the stack shows it. */
  readonly location: string | undefined
  constructor(operation: string, problem: string) {
    const location = callerLocation(wholeStack())
    super(`${operation}: ${problem}${location === undefined ? "" : ` (at ${location})`}`)
    this.name = "TraceError"
    this.operation = operation
    this.location = location
  }
}

/** Inputs that do not fit a program's signature, or an engine that is not there. */
export class EngineError extends Error {
  override readonly name = "EngineError"
}

/**
 * The first frame that is neither TensorFlow.js nor this engine. Frames are those of the source maps if there are any, so a bundle is
 * seen through.
 */
const callerLocation = (stack: string): string | undefined => {
  const files = stack.split("\n").map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+):\d+\)?$/.exec(line)?.[1])
  const frames = files.filter((frame) => frame !== undefined)
  // The first frame is this file's own, and the engine all that is in its folder.
  const engine = frames[0]?.replace(/[^\\/]*$/, "")
  if (engine === undefined) return undefined
  return frames.find((frame) => !frame.startsWith(engine) && !/[\\/]@tensorflow[\\/]|[\\/]tfjs-[a-z-]+[\\/]src[\\/]/.test(frame))
}

/** The whole stack: TensorFlow.js puts many frames between the caller and a kernel. */
const wholeStack = (): string => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = Number.POSITIVE_INFINITY
  const stack = new Error().stack ?? ""
  Error.stackTraceLimit = limit
  return stack
}
