/** A text of a corpus or a model; a long one is folded. */

import { useState } from "react"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { plural } from "../../text/format.ts"
import { foldText } from "./fold.ts"

export const FoldedText = ({ text }: { readonly text: string }) => {
  const [isOpen, setOpen] = useState(false)
  const folded = foldText(text)
  return (
    <div className="generation-text">
      <ForeignText text={folded === null || isOpen ? text : `${folded}…`} />
      {folded === null ? null : <FoldButton isOpen={isOpen} size={plural(text.length, "character")} onClick={() => setOpen(!isOpen)} />}
    </div>
  )
}

export const FoldButton = ({
  isOpen,
  size,
  onClick,
}: {
  readonly isOpen: boolean
  readonly size: string
  readonly onClick: () => void
}) => (
  <button type="button" className="text-button fold-button" aria-expanded={isOpen} onClick={onClick}>
    {isOpen ? "Fold" : `All ${size}`}
  </button>
)
