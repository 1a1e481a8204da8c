/** A titled part of a page. */

import { type ReactNode, useId } from "react"

export const Panel = ({
  title,
  actions,
  children,
  flush = false,
}: {
  readonly title: ReactNode
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Without space around what is in it, as for a table. */
  readonly flush?: boolean
}) => {
  const id = useId()
  return (
    <section className={flush ? "panel flush" : "panel"} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      <div className="panel-body">{children}</div>
    </section>
  )
}
