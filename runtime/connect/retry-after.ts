import type { IncomingHttpHeaders } from "node:http"

/**
 * Milliseconds that a server wants us to wait: from `Retry-After`, in seconds or as a date by the
 * server's own clock. Null where it does not say.
 */
export const retryAfterMs = (headers: IncomingHttpHeaders, nowMs: number): number | null => {
  const text = headers["retry-after"]?.trim() ?? ""
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const until = /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(until)) return null
  const serverNow = Date.parse(headers.date ?? "")
  return Math.max(0, until - (Number.isNaN(serverNow) ? nowMs : serverNow))
}
