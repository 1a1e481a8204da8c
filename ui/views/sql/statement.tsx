/** Where a statement is typed: Ctrl-Enter runs it, Escape cancels it. */

import type { KeyboardEvent, Ref } from "react"
import type { Example } from "./examples.ts"

interface Props {
  readonly ref: Ref<HTMLTextAreaElement>
  readonly sql: string
  readonly examples: ReadonlyArray<Example>
  readonly isRunning: boolean
  readonly canRun: boolean
  readonly onType: (sql: string) => void
  readonly onRun: () => void
  readonly onCancel: () => void
}

export const Statement = ({ ref, sql, examples, isRunning, canRun, onType, onRun, onCancel }: Props) => {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      onRun()
    } else if (event.key === "Escape" && isRunning) {
      event.preventDefault()
      onCancel()
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the area and the buttons in it
    <div className="statement" onKeyDown={onKeyDown}>
      <textarea
        ref={ref}
        className="input mono statement-text"
        aria-label="Statement"
        aria-keyshortcuts="Control+Enter"
        rows={5}
        value={sql}
        placeholder={"select prompt, chosen, response\nfrom pairs join responses using (prompt)\nlimit 100"}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => onType(event.target.value)}
      />
      <div className="row-of">
        {isRunning ? (
          <button type="button" className="button" onClick={onCancel}>
            Cancel <kbd>Esc</kbd>
          </button>
        ) : (
          <button type="button" className="button primary" disabled={!canRun} onClick={onRun}>
            Run
          </button>
        )}
        {examples.length === 0 ? null : <span className="field-label">Examples</span>}
        {examples.map(({ label, sql }) => (
          <button key={label} type="button" className="chip" onClick={() => onType(sql)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  )
}
