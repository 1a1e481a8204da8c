import { Context, Duration, Effect, Schedule, Stream } from "effect"
import { isPassing, type RemoteFailure } from "./failure.ts"

/**
 * For how long a request that finds no answer is repeated: long enough for a server to start again,
 * since a run that fails loses what it is computing.
 */
export const Patience = Context.Reference<Duration.Input>("assay/runtime/Patience", { defaultValue: () => "2 minutes" })

/** That of the first request of a command, whose address may be wrong. */
export const patienceAtOpening: Duration.Input = "5 seconds"

/** The first wait, which doubles, and the longest. */
const first = "100 millis"
const longest = "10 seconds"

/**
 * Waits longer each time, by chance a little more or less than others do, or as the server says.
 */
const backoff = Schedule.min([Schedule.exponential(first), Schedule.spaced(longest)]).pipe(
  Schedule.jittered,
  Schedule.setInputType<RemoteFailure>(),
  Schedule.modifyDelay(({ duration, input }) =>
    Effect.succeed(input.retryAfterSeconds === null ? duration : Duration.max(duration, Duration.seconds(input.retryAfterSeconds))),
  ),
)

const policy = (patience: Duration.Input) =>
  Schedule.upTo(backoff, { duration: patience }).pipe(Schedule.while(({ input }) => isPassing(input)))

/** Repeats what fails for a reason that heals by itself. */
export const patiently = <A, R>(effect: Effect.Effect<A, RemoteFailure, R>): Effect.Effect<A, RemoteFailure, R> =>
  Effect.flatMap(Patience, (patience) => Effect.retry(effect, policy(patience)))

/** The same for a stream, which must go on where it broke off. */
export const patientStream = <A, R>(stream: Stream.Stream<A, RemoteFailure, R>): Stream.Stream<A, RemoteFailure, R> =>
  Stream.unwrap(Effect.map(Patience, (patience) => Stream.retry(stream, policy(patience))))
