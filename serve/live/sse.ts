/** Server-sent events: a stream of JSON messages that a browser's `EventSource` reads. */

import { Schedule, Stream } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Comments between messages, so that a connection that has died is noticed. */
const beats = Stream.map(Stream.fromSchedule(Schedule.spaced("15 seconds")), () => ":\n\n")

/** A message, and by what a client says that it was the last one it got. */
export interface Numbered<A> {
  readonly id?: number
  readonly message: A
}

/** Answers with the messages as they come, and ends when they do. */
export const messages = <A>(stream: Stream.Stream<Numbered<A>>): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(
    Stream.map(stream, ({ id, message }) => `${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`).pipe(
      Stream.merge(beats, { haltStrategy: "left" }),
      // Headers go out with the first bytes: a client knows at once that the stream is open.
      (rest) => Stream.concat(Stream.succeed(":\n\n"), rest),
      Stream.encodeText,
    ),
    { contentType: "text/event-stream", headers: { "cache-control": "no-store", "x-accel-buffering": "no" } },
  )
