/** A tensor function that cannot be turned into a program: an operation with no kernel, or a value read while tracing. */
export class TraceError extends Error {
  readonly operation: string
  /** `file:line` of the caller's code, if the stack shows it. */
  readonly location: string | undefined
  constructor(operation: string, problem: string) {
    const location = callerLocation(new Error().stack ?? "")
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

/** The first frame that is neither TensorFlow.js nor this engine. */
const callerLocation = (stack: string): string | undefined =>
  stack
    .split("\n")
    .slice(1)
    .map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+):\d+\)?$/.exec(line)?.[1])
    .find(
      (frame) =>
        frame !== undefined &&
        !/[\\/]@tensorflow[\\/]|[\\/]tfjs-[a-z-]+[\\/]src[\\/]|[\\/]engine[\\/](trace|error|fused|compile)/.test(frame),
    )
