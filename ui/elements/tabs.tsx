/** Tabs: arrow keys move between them, and only the chosen one's panel exists. */

import { type KeyboardEvent, type ReactNode, useId } from "react"

interface Tab<A extends string> {
  readonly value: A
  readonly label: ReactNode
}

export const Tabs = <A extends string>({
  label,
  value,
  tabs,
  onChange,
  children,
}: {
  readonly label: string
  readonly value: A
  readonly tabs: ReadonlyArray<Tab<A>>
  readonly onChange: (value: A) => void
  readonly children: ReactNode
}) => {
  const id = useId()
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -tabs.length, End: tabs.length }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const index = tabs.findIndex((tab) => tab.value === value)
    const next = tabs[Math.min(tabs.length - 1, Math.max(0, index + step))]
    if (next === undefined) return
    onChange(next.value)
    document.getElementById(`${id}-${next.value}`)?.focus()
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            id={`${id}-${tab.value}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} className="tab-panel">
        {children}
      </div>
    </>
  )
}
