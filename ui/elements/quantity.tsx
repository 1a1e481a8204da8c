/** Durations, bytes, counts and moments, as they stand in tables. */

import { formatBytes, formatCount, formatDuration, formatMoment } from "../text/format.ts"

export const Duration = ({ seconds }: { readonly seconds: number | null }) => (
  <span className="number" title={seconds === null ? "not known" : `${seconds} seconds`}>
    {formatDuration(seconds)}
  </span>
)

export const Bytes = ({ bytes }: { readonly bytes: number }) => (
  <span className="number" title={`${formatCount(bytes)} bytes`}>
    {formatBytes(bytes)}
  </span>
)

export const Count = ({ count }: { readonly count: number | null }) => <span className="number">{formatCount(count)}</span>

/** In local time; the title has the day, the second and the time zone. */
export const Moment = ({ at }: { readonly at: string }) => (
  <time className="number" dateTime={at} title={new Date(at).toString()}>
    {formatMoment(at, new Date())}
  </time>
)
