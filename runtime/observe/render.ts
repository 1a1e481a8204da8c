import { Clock, Effect, Fiber, PubSub } from "effect"
import { Events, type RunEvent } from "./event.ts"
import { jsonLines } from "./json-lines.ts"
import { liveTree } from "./live-tree.ts"
import { plainLines } from "./plain-lines.ts"

/** `tree`: live, on stderr. `lines`: plain, on stderr. `json`: one event a line, on stdout. */
export type Rendering = "tree" | "lines" | "json" | "none"

/** Shows events as they come. Times are in seconds. */
export interface Renderer {
  readonly show: (event: RunEvent, now: number) => void
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
 */
export const rendered = (as: Rendering) => renderedBy(renderers[as])

export const renderedBy =
  (make: () => Renderer) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Events> =>
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
        const loop = yield* Effect.forkChild(Effect.forever(Effect.andThen(showPending, Effect.sleep(80))))
        return yield* effect.pipe(Effect.ensuring(Effect.andThen(Fiber.interrupt(loop), showPending)))
      }),
    )
