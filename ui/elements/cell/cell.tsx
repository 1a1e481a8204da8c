/** A cell of a stored table on one line: texts are those of corpora, models and judges. */

import { Fragment } from "react"
import type { Cell as CellValue } from "../../../serve/api.ts"
import { ForeignText } from "../foreign-text.tsx"
import { cellText } from "./text.ts"

export const Cell = ({ value, isCut = false }: { readonly value: CellValue; readonly isCut?: boolean }) => {
  if (value === null) return <span className="faint">null</span>
  const text = cellText(value)
  if (typeof value === "number" || typeof value === "boolean") return <span title={String(value)}>{text}</span>
  return (
    <span className="cell-line">
      <Line text={text} />
      {isCut ? <span className="faint">…</span> : null}
    </span>
  )
}

/** Line feeds are shown as signs, since a row has one line. */
const Line = ({ text }: { readonly text: string }) =>
  text.split("\n").map((line, index) => (
    <Fragment key={`${index}`}>
      {index === 0 ? null : (
        <span className="sign" title="U+000A line feed">
          ↵
        </span>
      )}
      <ForeignText text={line} />
    </Fragment>
  ))
