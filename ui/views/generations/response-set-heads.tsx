/** What each column shows: a table, a step of it, an opponent; and ways to change the columns. */

import { useState } from "react"
import type { GenerationSource } from "../../../serve/api.ts"
import type { ResponseSetChoice } from "../../address/response-sets.ts"
import { Chooser } from "../../elements/chooser/chooser.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Select } from "../../elements/select.tsx"
import { formatCount } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { columnStyle } from "./column-style.ts"
import { responseSetOf } from "./default-response-sets.ts"
import type { ShownResponseSet } from "./response-sets.ts"

interface Props {
  readonly sources: ReadonlyArray<GenerationSource>
  readonly choices: ReadonlyArray<ResponseSetChoice>
  readonly shown: ReadonlyArray<ShownResponseSet>
  /** The response set whose checkpoints are shown instead of all response sets. */
  readonly along: number | null
  readonly onResponseSets: (responseSets: ReadonlyArray<ResponseSetChoice>) => void
  readonly onAlong: (along: number | null) => void
}

export const ResponseSetHeads = ({ sources, choices, shown, along, onResponseSets, onAlong }: Props) => {
  const [isChoosing, setChoosing] = useState(false)
  const change = (responseSet: ShownResponseSet, changes: Partial<ResponseSetChoice>) =>
    onResponseSets(choices.map((choice) => (choice === responseSet.choice ? { ...choice, ...changes } : choice)))
  const swap = (index: number) => {
    const [left, right] = [shown[index - 1]?.choice, shown[index]?.choice]
    if (left !== undefined && right !== undefined)
      onResponseSets(choices.map((choice) => (choice === left ? right : choice === right ? left : choice)))
  }
  const single = along === null ? undefined : shown[along]
  return (
    <div className="response-set-heads generations-line" style={columnStyle(single === undefined ? shown.length : 1)}>
      <div className="response-set-add">
        {single === undefined ? (
          <button type="button" className="button" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
            <Icon name="plus" /> Add responses
          </button>
        ) : (
          <button type="button" className="button" onClick={() => onAlong(null)}>
            All responseSets
          </button>
        )}
      </div>
      {(single === undefined ? shown : [single]).map((responseSet, index) => (
        <Head
          key={`${responseSet.source.key} ${responseSet.source.output} ${index}`}
          responseSet={responseSet}
          isAlong={single !== undefined}
          onStep={(step) => change(responseSet, { step })}
          onAgainst={(against) => change(responseSet, { against })}
          onLeft={single !== undefined || index === 0 ? null : () => swap(index)}
          onRemove={single !== undefined ? null : () => onResponseSets(choices.filter((choice) => choice !== responseSet.choice))}
          onAlong={() => onAlong(shown.indexOf(responseSet))}
        />
      ))}
      {isChoosing ? (
        <Chooser
          label="Add responses"
          placeholder="Stage, or responses, evaluation, preferences, judgements"
          choices={sources.map((source) => ({
            key: `${source.id} ${source.output}`,
            text: `${source.id} ${source.output} ${source.artifact}`,
            label: <ForeignText text={source.output === source.artifact ? source.id : `${source.id} · ${source.output}`} />,
            hint: `${source.artifact} · ${formatCount(source.rows)}`,
            source,
          }))}
          onChoose={({ source }) => onResponseSets([...choices, responseSetOf(source)])}
          onClose={() => setChoosing(false)}
        />
      ) : null}
    </div>
  )
}

interface HeadProps {
  readonly responseSet: ShownResponseSet
  readonly isAlong: boolean
  readonly onStep: (step: number | null) => void
  readonly onAgainst: (against: string) => void
  readonly onLeft: (() => void) | null
  readonly onRemove: (() => void) | null
  readonly onAlong: () => void
}

const last = "last"

const Head = ({ responseSet, isAlong, onStep, onAgainst, onLeft, onRemove, onAlong }: HeadProps) => {
  const { source, responseSets, choice, against } = responseSet
  const name = visibleText(source.id)
  const newest = responseSets.steps.at(-1)
  const hasCheckpoints = responseSets.steps.length > 1 && source.artifact === "evaluation"
  return (
    <div className={source.artifact === "evaluation" && !isAlong ? "response-set-head with-steps" : "response-set-head"}>
      <p className="response-set-name">
        <strong className="clip" title={`${name} · ${source.output}`}>
          <ForeignText text={source.id} />
        </strong>
        {onLeft === null ? null : (
          <button type="button" className="button quiet" aria-label={`Move ${name} to the left`} title="Move to the left" onClick={onLeft}>
            <Icon name="right" className="mirrored" />
          </button>
        )}
        {onRemove === null ? null : (
          <button type="button" className="button quiet" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove}>
            <Icon name="cross" />
          </button>
        )}
      </p>
      <p className="row-of">
        <span className="tag">{source.output === source.artifact ? source.artifact : source.output}</span>
        {responseSets.steps.length > 1 && !isAlong ? (
          <Select
            label={`Step of ${name}`}
            hideLabel
            value={choice.step === null ? last : String(choice.step)}
            options={[
              { value: last, label: source.artifact === "preferences" ? "all steps" : `last step (${newest})` },
              ...responseSets.steps.map((step) => ({ value: String(step), label: `step ${step}` })),
            ]}
            onChange={(value) => onStep(value === last ? null : Number(value))}
          />
        ) : null}
        {responseSets.against.length > 1 ? (
          <Select
            label={`Opponent of ${name}`}
            hideLabel
            value={against ?? ""}
            options={responseSets.against.map((opponent) => ({ value: opponent, label: `against ${visibleText(opponent)}` }))}
            onChange={onAgainst}
          />
        ) : null}
        {hasCheckpoints && !isAlong ? (
          <button
            type="button"
            className="text-button"
            aria-label={`All steps of ${name} for the current prompt`}
            title="All steps for the current prompt"
            onClick={onAlong}
          >
            all steps
          </button>
        ) : null}
      </p>
    </div>
  )
}
