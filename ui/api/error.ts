/** What went wrong with a request. */

import type { ApiError as Body } from "../../serve/api.ts"

export class ApiError extends Error implements Body {
  override readonly name = "ApiError"
  /** The status of the answer; 0 where the server did not answer. */
  readonly status: number
  /** The tag of the server's error, or "NoAnswer", "BadAnswer". */
  readonly error: string

  constructor(status: number, error: string, message: string) {
    super(message)
    this.status = status
    this.error = error
  }
}
