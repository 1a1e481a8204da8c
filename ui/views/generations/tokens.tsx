/**
 * An answer token by token, each coloured by its log-ratio. The first token is a stop of the Tab
 * key, from which arrow keys reach the others; the legend says what the pointed or focused one has.
 */

import { type KeyboardEvent, useState } from "react"
import type { Answer } from "../../../serve/api.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { plural } from "../../text/format.ts"
import { directionOf } from "./direction.ts"
import { foldTokens } from "./fold.ts"
import { FoldButton } from "./folded-text.tsx"
import { classOf, levelOf } from "./token-colours.ts"

export const Tokens = ({ tokens }: { readonly tokens: NonNullable<Answer["tokens"]> }) => {
  const [isOpen, setOpen] = useState(false)
  const folded = foldTokens(tokens)
  const shown = folded === null || isOpen ? tokens : tokens.slice(0, folded)
  return (
    <div className="generation-text">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tokens in it have the focus */}
      <span className="tokens" dir={directionOf(shown.map(({ text }) => text).join(""))} onKeyDown={moveFocus}>
        {shown.map(({ text, logRatio }, index) => (
          <span
            key={`${index}`}
            className={`token ${classOf(levelOf(logRatio))}`}
            tabIndex={index === 0 ? 0 : -1}
            data-ratio={logRatio ?? undefined}
            data-place={`${index + 1} of ${tokens.length}`}
          >
            <ForeignText text={text} />
          </span>
        ))}
      </span>
      {folded === null ? null : <FoldButton isOpen={isOpen} size={plural(tokens.length, "token")} onClick={() => setOpen(!isOpen)} />}
    </div>
  )
}

const moveFocus = (event: KeyboardEvent<HTMLElement>) => {
  const { target, currentTarget } = event
  if (!(target instanceof HTMLElement)) return
  const [left, right] =
    currentTarget.dir === "rtl"
      ? [target.nextElementSibling, target.previousElementSibling]
      : [target.previousElementSibling, target.nextElementSibling]
  const next = {
    ArrowLeft: left,
    ArrowRight: right,
    Home: currentTarget.firstElementChild,
    End: currentTarget.lastElementChild,
  }[event.key]
  if (!(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}
