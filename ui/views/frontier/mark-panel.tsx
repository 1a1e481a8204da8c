/** The selected mark: what it is, what was measured, and the ways down to the rows behind it. */

import { useState } from "react"
import { Link } from "wouter"
import type { Mark } from "../../../serve/api.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Select } from "../../elements/select.tsx"
import { formatNumber } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { EvaluationRows } from "./evaluation-rows.tsx"
import { generationsOf, stageOf, tableOf } from "./links.ts"
import { formatInterval, nameMark } from "./marks.ts"
import { type OraclePoint, oracleAt } from "./oracle.ts"

interface Props {
  readonly run: string
  readonly mark: Mark
  readonly oracle: ReadonlyArray<OraclePoint>
  readonly onClose: () => void
}

export const MarkPanel = ({ run, mark, oracle, onClose }: Props) => {
  const [chosen, setChosen] = useState(0)
  const { evaluations } = mark
  const place = Math.min(chosen, evaluations.length - 1)
  const evaluation = evaluations[place]
  return (
    <Panel
      title={<ForeignText text={nameMark(mark)} />}
      actions={
        <button type="button" className="button quiet" onClick={onClose}>
          Close
        </button>
      }
    >
      <div className="frontier-mark">
        <Facts mark={mark} oracle={oracle} />
        {evaluation === undefined ? (
          <p className="faint">Its evaluations are not in the store any more: its texts and its lineage cannot be shown.</p>
        ) : (
          <>
            {evaluations.length > 1 ? (
              <>
                <p>
                  <Link href={generationsOf(run, mark, evaluations)}>Generations of its seeds side by side</Link>
                </p>
                <Select
                  label={`One of ${evaluations.length} evaluations`}
                  value={String(place)}
                  options={evaluations.map(({ id }, index) => ({ value: String(index), label: visibleText(id) }))}
                  onChange={(value) => setChosen(Number(value))}
                />
              </>
            ) : null}
            <ul className="frontier-links">
              <li>
                <Link href={generationsOf(run, mark, [evaluation])}>Generations</Link>
              </li>
              <li>
                <Link href={tableOf(run, mark, evaluation)}>Rows of the evaluation</Link>
              </li>
              <li>
                <Link href={stageOf(run, evaluation)}>
                  Stage <ForeignText text={evaluation.id} />
                </Link>
              </li>
            </ul>
            <EvaluationRows run={run} mark={mark} evaluation={evaluation} />
          </>
        )}
      </div>
    </Panel>
  )
}

const Facts = ({ mark, oracle }: { readonly mark: Mark; readonly oracle: ReadonlyArray<OraclePoint> }) => {
  const best = oracleAt(oracle, mark.kl)
  return (
    <dl className="facts">
      <div>
        <dt>Win rate</dt>
        <dd>
          {formatNumber(mark.winRate, 3)} <span className="faint">({formatInterval(mark.winLow, mark.winHigh)})</span>
        </dd>
      </div>
      <div>
        <dt>KL to SFT</dt>
        <dd>
          {formatNumber(mark.kl)} nats <span className="faint">({formatInterval(mark.klLow, mark.klHigh)})</span>
        </dd>
      </div>
      {mark.reward === null ? null : (
        <div>
          <dt>Reward</dt>
          <dd>{formatNumber(mark.reward)}</dd>
        </div>
      )}
      {mark.efficiency === null ? null : (
        <div>
          <dt>Efficiency</dt>
          <dd>{formatNumber(mark.efficiency, 3)}</dd>
        </div>
      )}
      {best === null ? null : (
        <div>
          <dt>Oracle at this KL</dt>
          <dd>{formatNumber(best, 3)}</dd>
        </div>
      )}
    </dl>
  )
}
