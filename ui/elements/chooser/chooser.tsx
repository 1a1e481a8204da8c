/** A dialog in which one of many things is chosen by typing a part of its name. */

import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react"
import { Dialog } from "../dialog.tsx"
import { rank } from "./rank.ts"

export interface Choice {
  readonly key: string
  /** What is typed for it. */
  readonly text: string
  readonly label: ReactNode
  /** Shown at the right. */
  readonly hint?: ReactNode
}

/** More than that is not read. */
const mostShown = 60

export const Chooser = <A extends Choice>({
  label,
  placeholder,
  choices,
  onChoose,
  onClose,
}: {
  readonly label: string
  readonly placeholder: string
  readonly choices: ReadonlyArray<A>
  readonly onChoose: (choice: A) => void
  readonly onClose: () => void
}) => {
  const id = useId()
  const [typed, setTyped] = useState("")
  const [index, setIndex] = useState(0)
  const shown = useMemo(() => rank(choices, typed, mostShown), [choices, typed])
  const list = useRef<HTMLDivElement>(null)
  const active = Math.min(index, shown.length - 1)
  const choice = shown[active]

  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" })
  }, [active])

  const choose = (chosen: A | undefined) => {
    if (chosen === undefined) return
    onClose()
    onChoose(chosen)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const wraps = Math.abs(step) === 1
      const next = active + step
      setIndex(wraps ? (next + shown.length) % Math.max(1, shown.length) : Math.min(shown.length - 1, Math.max(0, next)))
    } else if (event.key === "Enter") {
      event.preventDefault()
      choose(choice)
    }
  }
  return (
    <Dialog label={label} className="chooser" onClose={onClose}>
      <input
        className="chooser-input"
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={choice === undefined ? undefined : `${id}-${active}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        placeholder={placeholder}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setIndex(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} className="chooser-list" role="listbox" aria-label={label}>
        {shown.map((item, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={item.key}
            id={`${id}-${at}`}
            className="chooser-option"
            role="option"
            aria-selected={at === active}
            onPointerMove={() => setIndex(at)}
            onClick={() => choose(item)}
          >
            <span className="clip">{item.label}</span>
            {item.hint === undefined ? null : <span className="faint number">{item.hint}</span>}
          </div>
        ))}
      </div>
      <p className="chooser-foot faint" aria-live="polite">
        {shown.length === 0 ? "Nothing fits." : `${shown.length === mostShown ? `first ${mostShown}` : shown.length} of ${choices.length}`}
      </p>
    </Dialog>
  )
}
