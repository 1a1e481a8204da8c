/** How a trace goes on in another process: by a line of text, as W3C Trace Context spells it. */

import { Effect, Option, type Tracer } from "effect"
import * as Headers from "effect/http/Headers"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import { currentSpan } from "./span.ts"
import { Telemetry } from "./telemetry.ts"

/**
 * The current span as text, for a process or a machine that computes a part of it; null where there
 * is none, or where telemetry is off.
 */
export const traceparent: Effect.Effect<string | null> = Effect.map(currentSpan, (span) =>
  span === null ? null : (HttpTraceContext.toHeaders(span).traceparent ?? null),
)

/** The span that a text names; null if it is none. */
export const spanOf = (text: string): Tracer.ExternalSpan | null =>
  Option.getOrNull(HttpTraceContext.w3c(Headers.fromRecordUnsafe({ traceparent: text.trim() })))

/**
 * Makes the spans of an effect children of the span that `traceparent` named in another process. A
 * text that names none, and null, change nothing; nor does anything where telemetry is off here.
 */
export const joinTrace =
  (text: string | null) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Telemetry, (telemetry) => {
      const parent = text === null ? null : spanOf(text)
      if (telemetry === null || parent === null) return effect
      return Effect.withParentSpan(effect, parent) as Effect.Effect<A, E, R>
    })
