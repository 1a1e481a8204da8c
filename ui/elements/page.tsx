/** The head of a page: its title, in the document's as well, and what one can do. */

import { type ReactNode, useEffect } from "react"
import { visibleText } from "../text/visible.ts"

export const Page = ({
  title,
  heading,
  actions,
  children,
  fill = false,
}: {
  /** What the tab of the browser and readers of the screen call it. */
  readonly title: string
  /** What the heading shows instead. */
  readonly heading?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** The page is as high as the window, and something in it scrolls. */
  readonly fill?: boolean
}) => {
  useEffect(() => {
    document.title = `${visibleText(title)} · assay`
  }, [title])
  return (
    <div className={fill ? "page fill" : "page"}>
      <header className="page-head">
        <h1>{heading ?? title}</h1>
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
