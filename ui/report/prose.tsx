/** Markdown that a stage of the run wrote. Markup in it stays text, and links lead nowhere. */

import Markdown, { type Components } from "react-markdown"
import remarkGfm from "remark-gfm"
import type { ReportFigure } from "../../serve/report/data.ts"
import { FigureView } from "./figure-view.tsx"

interface Props {
  readonly text: string
  /** By the name that the text has for them. */
  readonly figures: Readonly<Record<string, ReportFigure>>
}

export const Prose = ({ text, figures }: Props) => (
  <div className="report-prose">
    <Markdown remarkPlugins={[remarkGfm]} components={componentsWith(figures)} urlTransform={(url) => url}>
      {text}
    </Markdown>
  </div>
)

const componentsWith = (figures: Props["figures"]): Components => ({
  img: ({ src, alt }) => {
    const figure = typeof src === "string" ? figures[decode(src)] : undefined
    return figure === undefined ? <span className="faint">{alt}</span> : <FigureView figure={figure} />
  },
  // A figure is a block, which no paragraph may hold.
  p: ({ children }) => <div className="report-paragraph">{children}</div>,
  a: ({ children }) => <span>{children}</span>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys
    <div className="report-table-scroll" role="region" aria-label="Table" tabIndex={0}>
      <table className="report-table">{children}</table>
    </div>
  ),
})

const decode = (url: string): string => {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}
