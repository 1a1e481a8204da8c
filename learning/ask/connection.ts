import { type Asking, StageError } from "assay"

/** What a stage or a judge asks. Throws a StageError `NoConnection` where it declares nothing. */
export const expectConnection = (connection: Asking | undefined): Asking => {
  if (connection === undefined)
    throw new StageError("NoConnection", "there is nothing to ask: declare `connect` by server({ … }) or program({ … })")
  return connection
}

/** Requests of one call: enough to keep a server busy, and little to hold in memory. */
export const requestsPerCall = 4096
