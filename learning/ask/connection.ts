import { type Asking, type ConnectionRequest, type Json, StageError } from "assay"

/** What a stage or a judge asks. Throws a StageError `NoConnection` where it declares nothing. */
export const expectConnection = (connection: Asking | undefined): Asking => {
  if (connection === undefined)
    throw new StageError("NoConnection", "there is nothing to ask: declare `connect` by server({ … }) or program({ … })")
  return connection
}

/**
 * Asks, and reads every answer. Those that `read` throws at are not kept, so that the next run asks
 * again; then throws the first that it threw.
 */
export const askAndRead = async <A>(
  { ask, forget }: Asking,
  requests: ReadonlyArray<ConnectionRequest>,
  scope: Json,
  read: (answer: Json, index: number) => A,
): Promise<ReadonlyArray<A>> => {
  const answers = await ask(requests, scope)
  const values: Array<A> = []
  const unread: Array<ConnectionRequest> = []
  let failure: { readonly error: unknown } | null = null
  for (const [index, answer] of answers.entries()) {
    try {
      values.push(read(answer, index))
    } catch (error) {
      failure ??= { error }
      unread.push(requests[index] as ConnectionRequest)
    }
  }
  if (failure === null) return values
  await forget(unread, scope)
  throw failure.error
}

/** Requests of one call: enough to keep a server busy, and little to hold in memory. */
export const requestsPerCall = 4096
