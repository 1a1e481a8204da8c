/** Loads a part of the page, also where the server is gone at the moment. */

import { getProject } from "./client.ts"
import { ApiError } from "./error.ts"

const waitMs = 2_000

/**
 * What `load` gives. Where it fails because the server does not answer, it is tried again until it
 * does; where the server answers, once more.
 */
export const loadAgain = async <A>(load: () => Promise<A>): Promise<A> => {
  try {
    return await load()
  } catch {
    // The question also tells the page that the server is gone.
    while (!(await isAnswering())) await new Promise((resolve) => window.setTimeout(resolve, waitMs))
    return load()
  }
}

const isAnswering = (): Promise<boolean> =>
  getProject().then(
    () => true,
    (error: unknown) => error instanceof ApiError && error.status !== 0,
  )
