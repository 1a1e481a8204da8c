/** What stands beside a grid, or over it where there is no room. */

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react"
import { Icon } from "./icon.tsx"

interface Props {
  readonly title: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /**
   * Of a panel that was asked for: it takes the focus, covers the grid on a small window, and
   * Escape closes it.
   */
  readonly onClose?: () => void
}

export const SidePanel = ({ title, actions, children, onClose }: Props) => {
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const isOpened = onClose !== undefined
  useEffect(() => {
    if (!isOpened) return
    const before = document.activeElement
    heading.current?.focus({ preventScroll: true })
    // Whatever opened the panel has the focus again, if the grid has not scrolled away from it.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [isOpened])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || onClose === undefined) return
    event.preventDefault()
    onClose()
  }
  return (
    <section className={isOpened ? "side opened" : "side"} aria-labelledby={id} onKeyDown={onKeyDown}>
      <header className="side-head">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        {actions}
        {onClose === undefined ? null : (
          <button type="button" className="button quiet" aria-label="Close" onClick={onClose}>
            <Icon name="cross" />
          </button>
        )}
      </header>
      <div className="side-body">{children}</div>
    </section>
  )
}
