import { Effect, Option, type Tracer } from "effect"
import { Telemetry } from "./telemetry.ts"

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** Why a span failed though its effect succeeded. */
export interface SpanFailure {
  /** `error.type`: of few values. */
  readonly type: string
  readonly message: string
}

export interface SpanOptions<A> {
  readonly attributes?: Attributes
  /** Attributes that are known when it has ended. */
  readonly ended?: (value: A) => Attributes
  /** Where a failure is a value: what the span failed with, null if it did not. */
  readonly failureOf?: (value: A) => SpanFailure | null
  /** Whether it begins a trace, unless `joinTrace` says which trace it is part of. */
  readonly first?: boolean
}

/**
 * Runs an effect in a span, a child of the current one. Without telemetry it is the effect itself.
 */
export const inSpan = <A, E, R>(effect: Effect.Effect<A, E, R>, name: string, options: SpanOptions<A> = {}): Effect.Effect<A, E, R> =>
  Effect.flatMap(Telemetry, (telemetry) =>
    telemetry === null || telemetry.tracer === null
      ? effect
      : Effect.flatMap(options.first === true ? parentElsewhere : Effect.undefined, (parent) =>
          spanned(effect, name, { ...options, parent }),
        ).pipe(Effect.withTracer(telemetry.tracer)),
  )

interface Spanned<A> extends SpanOptions<A> {
  /** Undefined for the current span, null for none. */
  readonly parent: Tracer.AnySpan | null | undefined
}

const spanned = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: string,
  { attributes = {}, ended = () => ({}), failureOf = () => null, parent }: Spanned<A>,
): Effect.Effect<A, E, R> => {
  const settled: Effect.Effect<A, E | Failed<A>, R> = Effect.flatMap(effect, (value) => {
    const failure = failureOf(value)
    const known = failure === null ? ended(value) : { ...ended(value), "error.type": failure.type }
    return Effect.andThen(
      Effect.annotateCurrentSpan(known),
      failure === null ? Effect.succeed(value) : Effect.fail(new Failed(failure, value)),
    )
  })
  return settled.pipe(
    Effect.withSpan(name, { attributes, ...(parent === null ? { root: true } : { parent }) }, { captureStackTrace: false }),
    Effect.catchIf(
      (error): error is Failed<A> => error instanceof Failed,
      ({ value }) => Effect.succeed(value),
    ),
  ) as Effect.Effect<A, E, R>
}

/**
 * The span of another process that the current one comes from, null if none. Spans of this process
 * around the first of ours are not sent: a trace with them would lack its beginning.
 */
const parentElsewhere: Effect.Effect<Tracer.ExternalSpan | null> = Effect.map(Effect.option(Effect.currentParentSpan), (current) => {
  let span = Option.getOrNull(current)
  while (span !== null && span._tag === "Span") span = Option.getOrNull(span.parent)
  return span
})

/** Tells a span, whose status is how its effect ends, that it failed. */
class Failed<A> extends Error {
  readonly value: A
  constructor({ type, message }: SpanFailure, value: A) {
    super(message)
    this.name = type
    // That of this place would say nothing.
    this.stack = `${type}: ${message}`
    this.value = value
  }
}

/** The current span; null where there is none, or where telemetry is off. */
export const currentSpan = Effect.gen(function* () {
  const telemetry = yield* Telemetry
  return telemetry === null || telemetry.tracer === null ? null : Option.getOrNull(yield* Effect.option(Effect.currentSpan))
})
