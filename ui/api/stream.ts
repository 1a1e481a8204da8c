/**
 * A stream of server-sent events that is opened again whenever it broke. It is closed while the
 * page is hidden: a browser keeps at most six connections to a server, for all tabs together, and
 * hidden tabs would leave none for requests.
 */

import { getProject } from "./client.ts"
import { addressOf } from "./request.ts"

interface Listener<A> {
  readonly onMessage: (message: A) => void
  /** The stream was closed in between: what happened meanwhile was not heard. */
  readonly onReopened: () => void
}

const firstWaitMs = 500
const longestWaitMs = 8_000

/** Follows a stream of JSON messages until the function that it returns is called. */
export const follow = <A>(path: string, { onMessage, onReopened }: Listener<A>): (() => void) => {
  let source: EventSource | null = null
  let timer: number | undefined
  let waitMs = firstWaitMs
  let wasOpen = false
  /** Of streams whose messages are numbered: what was heard is not sent again. */
  let lastHeard = ""
  const close = () => {
    window.clearTimeout(timer)
    source?.close()
    source = null
  }
  const open = () => {
    close()
    if (document.hidden) return
    source = new EventSource(addressOf(lastHeard === "" ? path : `${path}?after=${lastHeard}`))
    source.onopen = () => {
      waitMs = firstWaitMs
      if (wasOpen) onReopened()
      wasOpen = true
    }
    source.onmessage = (event: MessageEvent<string>) => {
      lastHeard = event.lastEventId
      onMessage(JSON.parse(event.data) as A)
    }
    source.onerror = () => {
      close()
      timer = window.setTimeout(open, waitMs)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
      // A stream does not say why it broke. A question does, and the page shows it.
      void getProject().catch(() => {})
    }
  }
  const onVisibility = () => (document.hidden ? close() : open())
  document.addEventListener("visibilitychange", onVisibility)
  open()
  return () => {
    document.removeEventListener("visibilitychange", onVisibility)
    close()
  }
}
