/** Stages whose fingerprints differ: with what was given to them, or with what came through. */

import { type ReactNode, useState } from "react"
import { Link } from "wouter"
import type { Difference } from "../../../serve/api.ts"
import { stagePage } from "../../address/pages.ts"
import { ChangeLine, Stages } from "../../elements/change/change.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"

type Stage = Difference["different"][number]

interface Props {
  /** The run that links lead to. */
  readonly run: string
  readonly stages: ReadonlyArray<Stage>
}

/** Stages that are drawn at first, and that a click adds. */
const step = 100

export const DifferentStages = ({ run, stages }: Props) => (
  <Some stages={stages}>
    {(stage) => (
      <>
        <Name run={run} stage={stage} />
        {stage.own.map((change) => (
          <ChangeLine key={change.component} run={run} change={change} />
        ))}
        <Through run={run} stage={stage} />
      </>
    )}
  </Some>
)

export const InheritedStages = ({ run, stages }: Props) => (
  <Some stages={stages}>
    {(stage) => (
      <>
        <Name run={run} stage={stage} />
        <Through run={run} stage={stage} />
      </>
    )}
  </Some>
)

const Some = ({ stages, children }: { readonly stages: ReadonlyArray<Stage>; readonly children: (stage: Stage) => ReactNode }) => {
  const [most, setMost] = useState(step)
  return (
    <>
      <ul className="compare-stages">
        {stages.slice(0, most).map((stage) => (
          <li key={stage.id}>{children(stage)}</li>
        ))}
      </ul>
      {stages.length > most ? (
        <button type="button" className="button" onClick={() => setMost(most + step)}>
          Show {Math.min(step, stages.length - most)} more
        </button>
      ) : null}
    </>
  )
}

const Name = ({ run, stage }: { readonly run: string; readonly stage: Stage }) => (
  <p className="compare-name">
    <Link href={stagePage(run, stage.id)}>
      <ForeignText text={stage.id} />
    </Link>{" "}
    <span className="faint">{stage.stage}</span>
  </p>
)

const Through = ({ run, stage }: { readonly run: string; readonly stage: Stage }) => (
  <>
    {stage.through.map(({ component, from }) => (
      <div key={component} className="change">
        <code className="change-part">
          <ForeignText text={component} />
        </code>
        <span className="soft">
          made otherwise by <Stages run={run} ids={from} />
        </span>
      </div>
    ))}
  </>
)
