/** The runs whose curves are drawn beside those of the run that is looked at. */

import { useState } from "react"
import { useRuns } from "../../app/use-runs.ts"
import { type Choice, Chooser } from "../../elements/chooser/chooser.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Moment } from "../../elements/quantity.tsx"
import { StatusIcon, stateOfRun } from "../../elements/status.tsx"
import { visibleText } from "../../text/visible.ts"

interface Props {
  readonly run: string
  readonly others: ReadonlyArray<string>
  readonly onChange: (others: ReadonlyArray<string>) => void
}

export const ComparedRuns = ({ run, others, onChange }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const runs = useRuns().data ?? []
  const choices: ReadonlyArray<Choice> = runs
    .filter((summary) => summary.run !== run && !others.includes(summary.run))
    .map((summary) => ({
      key: summary.run,
      text: `${summary.pipeline} ${summary.run}`,
      label: (
        <>
          <StatusIcon state={stateOfRun(summary)} /> {summary.pipeline} <span className="faint">{summary.run}</span>
        </>
      ),
      hint: <Moment at={summary.created} />,
    }))
  return (
    <>
      {others.map((other) => (
        <button
          key={other}
          type="button"
          className="chip"
          aria-label={visibleText(`Do not compare with ${other}`)}
          onClick={() => onChange(others.filter((name) => name !== other))}
        >
          <span className="clip">
            <ForeignText text={other} />
          </span>{" "}
          <Icon name="cross" />
        </button>
      ))}
      <button type="button" className="button" aria-haspopup="dialog" disabled={choices.length === 0} onClick={() => setOpen(true)}>
        <Icon name="plus" /> Compare with a run
      </button>
      {isOpen ? (
        <Chooser
          label="Compare with a run"
          placeholder="Pipeline or time"
          choices={choices}
          onChoose={({ key }) => onChange([...others, key])}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  )
}
