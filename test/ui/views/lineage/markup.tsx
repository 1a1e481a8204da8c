import { renderToStaticMarkup } from "react-dom/server"
import { Router } from "wouter"
import type { RowOrigin } from "../../../../serve/api.ts"
import { RowLineage } from "../../../../ui/views/lineage/row-lineage.tsx"

/** What the page shows of a row, as HTML. */
export const markupOf = (origin: RowOrigin): string =>
  renderToStaticMarkup(
    <Router ssrPath="/">
      <RowLineage run="r" origin={origin} />
    </Router>,
  )
