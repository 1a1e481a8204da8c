/** A choice of a few, with its label. */

interface Option<A extends string> {
  readonly value: A
  readonly label: string
}

export const Select = <A extends string>({
  label,
  value,
  options,
  onChange,
  hideLabel = false,
}: {
  readonly label: string
  readonly value: A
  readonly options: ReadonlyArray<Option<A>>
  readonly onChange: (value: A) => void
  readonly hideLabel?: boolean
}) => (
  <label className="field">
    <span className={hideLabel ? "unseen" : "field-label"}>{label}</span>
    <select className="select" value={value} onChange={(event) => onChange(event.target.value as A)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </label>
)
