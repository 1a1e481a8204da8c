/**
 * A drawing that a stage stored, cleaned of all that is not drawn. What it says of a mark is shown
 * at the pointer.
 */

import DOMPurify from "dompurify"
import { type PointerEvent, useLayoutEffect, useRef, useState } from "react"
import { ForeignText } from "../elements/foreign-text.tsx"
import { visibleText } from "../text/visible.ts"

interface Pointed {
  readonly text: string
  readonly left: number
  readonly top: number
}

export const Drawing = ({ svg, label }: { readonly svg: string; readonly label: string }) => {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    place.current?.replaceChildren(DOMPurify.sanitize(svg, { USE_PROFILES: { svg: true }, RETURN_DOM_FRAGMENT: true }))
  }, [svg])
  const [pointed, setPointed] = useState<Pointed | null>(null)
  const point = (event: PointerEvent<HTMLElement>) => {
    const mark = event.target instanceof Element ? event.target.closest('[role="graphics-symbol"][aria-label]') : null
    const text = mark?.getAttribute("aria-label") ?? null
    const box = event.currentTarget.getBoundingClientRect()
    setPointed(text === null ? null : { text, left: event.clientX - box.left, top: event.clientY - box.top })
  }
  return (
    <figure className="report-drawing" aria-label={visibleText(label)} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
      <div ref={place} className="report-svg" />
      {pointed === null ? null : (
        <p className="report-tip" aria-hidden="true" style={{ left: pointed.left, top: pointed.top }}>
          <ForeignText text={pointed.text} />
        </p>
      )}
    </figure>
  )
}
