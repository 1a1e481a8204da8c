/** A field for a filter or a search. */

import { useId } from "react"

export const TextField = ({
  label,
  value,
  onChange,
  placeholder = "",
  hideLabel = false,
  type = "search",
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly hideLabel?: boolean
  readonly type?: "search" | "text"
}) => {
  const id = useId()
  return (
    <div className="field">
      <label className={hideLabel ? "unseen" : "field-label"} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type={type}
        // What it is for can be read.
        size={Math.max(20, placeholder.length)}
        value={value}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
