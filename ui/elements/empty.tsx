/** Says that there is nothing, why, and what to do. */

import type { ReactNode } from "react"

export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children}
  </div>
)
