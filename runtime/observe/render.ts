import { Clock, Effect, Fiber, PubSub } from "effect"
import type { Basis } from "./estimate.ts"
import { Events, type RunEvent } from "./event.ts"
import { jsonLines } from "./json-lines.ts"
import { liveTree } from "./live-tree.ts"
import { plainLines } from "./plain-lines.ts"

/** `tree`: live, on stderr. `lines`: plain, on stderr. `json`: one event a line, on stdout. */
export type Rendering = "tree" | "lines" | "json" | "none"

/** Shows events as they come. Times are in seconds. */
export interface Renderer {
  readonly show: (event: RunEvent, now: number) => void
  /** Tells what is known of the run's duration, as soon as that has been looked up. */
  readonly expect?: (basis: Basis) => void
  /** Called a few times a second: what moves without events. */
  readonly tick: (now: number) => void
  /** Leaves the screen in order. */
  readonly end: () => void
}

const silence: Renderer = { show: () => {}, tick: () => {}, end: () => {} }

const renderers: Readonly<Record<Rendering, () => Renderer>> = {
  tree: () => liveTree(process.stderr),
  lines: () => plainLines((line) => process.stderr.write(`${line}\n`)),
  json: () => jsonLines((line) => process.stdout.write(`${line}\n`)),
  none: () => silence,
}

/**
 * Renders the events of an effect while it runs; everything is shown when it ends, however it ends.
 * `basis` says how long stages will take: it is looked up beside the run, where it is shown.
 */
export const rendered = <R0 = never>(as: Rendering, basis?: Effect.Effect<Basis, never, R0>) => renderedBy(renderers[as], basis)

export const renderedBy =
  <R0 = never>(make: () => Renderer, basis?: Effect.Effect<Basis, never, R0>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | R0 | Events> =>
    Effect.scoped(
      Effect.gen(function* () {
        const events = yield* Events
        const subscription = yield* PubSub.subscribe(events)
        const renderer = yield* Effect.acquireRelease(Effect.sync(make), (renderer) => Effect.sync(renderer.end))
        const seconds = Effect.map(Clock.currentTimeMillis, (now) => now / 1000)
        const showPending = Effect.gen(function* () {
          const now = yield* seconds
          for (const event of yield* PubSub.takeUpTo(subscription, Number.POSITIVE_INFINITY)) renderer.show(event, now)
          renderer.tick(now)
        })
        const { expect } = renderer
        if (basis !== undefined && expect !== undefined) yield* Effect.forkScoped(Effect.map(basis, expect))
        const loop = yield* Effect.forkChild(Effect.forever(Effect.andThen(showPending, Effect.sleep(80))))
        return yield* effect.pipe(Effect.ensuring(Effect.andThen(Fiber.interrupt(loop), showPending)))
      }),
    )
