/** Lines that a program printed. Follows the last one, unless it was scrolled away from. */

import { type UIEvent, useLayoutEffect, useRef } from "react"
import { ForeignText } from "./foreign-text.tsx"

export interface LogLine {
  /** Lines are told apart by their place since the beginning. */
  readonly number: number
  readonly text: string
}

export const LogView = ({ label, lines }: { readonly label: string; readonly lines: ReadonlyArray<LogLine> }) => {
  const place = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when there are other lines
  useLayoutEffect(() => {
    if (place.current !== null && follows.current) place.current.scrollTop = place.current.scrollHeight
  }, [lines])
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    follows.current = currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < 24
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <div ref={place} className="log" role="log" aria-label={label} aria-live="off" tabIndex={0} onScroll={onScroll}>
      {lines.map(({ number, text }) => (
        <div key={number} className="log-line">
          <ForeignText text={text} />
        </div>
      ))}
    </div>
  )
}
