/**
 * A text from elsewhere: of a corpus, a model, a judge, a program. It is only ever text, its
 * invisible characters are shown, and its direction does not reach beyond it.
 */

import { Fragment, memo } from "react"
import { piecesOf } from "../text/visible.ts"

export const ForeignText = memo(({ text }: { readonly text: string }) => (
  <bdi className="foreign">
    {piecesOf(text).map((piece, index) => {
      // Pieces have no identity but their place.
      const key = `${index}`
      return piece.kind === "text" ? (
        <Fragment key={key}>{piece.text}</Fragment>
      ) : (
        <span key={key} className="sign" title={piece.name}>
          {piece.shown}
        </span>
      )
    })}
  </bdi>
))
