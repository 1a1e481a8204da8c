/** Which prompts are shown, and the ways to those before and after. */

import { Icon } from "../../elements/icon.tsx"
import { formatCount } from "../../text/format.ts"
import { promptsPerPage } from "./address.ts"

interface Props {
  readonly at: number
  readonly offset: number
  readonly total: number
  /** One prompt is shown instead of a page of them. */
  readonly isSingle: boolean
  readonly onMove: (at: number) => void
}

export const Paging = ({ at, offset, total, isSingle, onMove }: Props) => {
  const end = Math.min(total, offset + promptsPerPage)
  const [before, after] = isSingle ? [at - 1, at + 1] : [offset - promptsPerPage, offset + promptsPerPage]
  const noun = isSingle ? "prompt" : "page of prompts"
  return (
    <nav className="paging" aria-label="Prompts">
      <button type="button" className="button" disabled={before < 0} aria-label={`Previous ${noun}`} onClick={() => onMove(before)}>
        <Icon name="up" />
      </button>
      <button type="button" className="button" disabled={after >= total} aria-label={`Next ${noun}`} onClick={() => onMove(after)}>
        <Icon name="down" />
      </button>
      <span className="faint number" role="status">
        {total === 0
          ? ""
          : isSingle
            ? `${formatCount(at + 1)} of ${formatCount(total)}`
            : `${formatCount(offset + 1)}–${formatCount(end)} of ${formatCount(total)}`}
      </span>
    </nav>
  )
}
