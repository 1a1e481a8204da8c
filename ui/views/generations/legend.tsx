/** What the colours of tokens mean, and what the token has that is pointed at or focused. */

import { type RefObject, useEffect, useState } from "react"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatNumber } from "../../text/format.ts"
import { boundOf, classOf, levels } from "./token-colours.ts"

interface Props {
  /** In which the tokens are. */
  readonly container: RefObject<HTMLElement | null>
  readonly isPlain: boolean
  /** Whether any token has a log-ratio. */
  readonly hasColours: boolean
  readonly onPlain: (isPlain: boolean) => void
}

interface Pointed {
  readonly text: string
  readonly place: string
  readonly ratio: number
}

export const Legend = ({ container, isPlain, hasColours, onPlain }: Props) => {
  const pointed = usePointedToken(container)
  if (!hasColours) return <p className="faint legend">No log-ratios of tokens are stored for these answers.</p>
  return (
    <div className="legend">
      <label className="field">
        <input type="checkbox" checked={!isPlain} onChange={(event) => onPlain(!event.target.checked)} />
        Colours
      </label>
      {isPlain ? null : (
        <span className="legend-scale">
          <span className="faint">
            less<span className="legend-word"> likely</span>
          </span>
          {levels.map((level) => (
            <span key={level} className={`legend-level ${classOf(level)}`}>
              {boundOf(level)}
            </span>
          ))}
          <span className="faint">
            more<span className="legend-word"> likely</span>
          </span>
        </span>
      )}
      <span className="legend-token" aria-live="polite">
        {isPlain ? null : pointed === null ? (
          <span className="faint">by log π/π_ref in nats: point at a token</span>
        ) : (
          <>
            <q>
              <ForeignText text={pointed.text} />
            </q>{" "}
            {pointed.ratio > 0 ? "+" : ""}
            {formatNumber(pointed.ratio, 3)} nats <span className="faint">token {pointed.place}</span>
          </>
        )}
      </span>
    </div>
  )
}

/** Listens once for all tokens: there are thousands on a page. */
const usePointedToken = (container: RefObject<HTMLElement | null>): Pointed | null => {
  const [pointed, setPointed] = useState<Pointed | null>(null)
  useEffect(() => {
    const element = container.current
    if (element === null) return
    const point = ({ target }: Event) => {
      const token = target instanceof Element ? target.closest<HTMLElement>("[data-ratio]") : null
      const { ratio, place = "" } = token?.dataset ?? {}
      setPointed(token === null || ratio === undefined ? null : { text: token.textContent ?? "", place, ratio: Number(ratio) })
    }
    element.addEventListener("pointerover", point)
    element.addEventListener("focusin", point)
    return () => {
      element.removeEventListener("pointerover", point)
      element.removeEventListener("focusin", point)
    }
  }, [container])
  return pointed
}
