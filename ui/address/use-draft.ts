/** A text that is being typed, and is committed, to the address for example, when typing rests. */

import { useCallback, useEffect, useRef, useState } from "react"

const restMs = 350

export interface Draft {
  readonly text: string
  readonly type: (text: string) => void
  /** Commits at once, as Enter does. */
  readonly flush: () => void
}

/** `committed` is the value elsewhere: when it changes there, the draft follows. */
export const useDraft = (committed: string, commit: (text: string) => void): Draft => {
  const [text, setText] = useState(committed)
  const last = useRef(committed)
  const timer = useRef<number | undefined>(undefined)
  const now = useRef({ text, commit })
  now.current = { text, commit }

  useEffect(() => {
    if (committed === last.current) return
    last.current = committed
    window.clearTimeout(timer.current)
    setText(committed)
  }, [committed])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  const flush = useCallback(() => {
    window.clearTimeout(timer.current)
    last.current = now.current.text
    now.current.commit(now.current.text)
  }, [])
  const type = useCallback(
    (next: string) => {
      setText(next)
      window.clearTimeout(timer.current)
      timer.current = window.setTimeout(flush, restMs)
    },
    [flush],
  )
  return { text, type, flush }
}
