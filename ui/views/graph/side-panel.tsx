/** What is known of a chosen node, beside the graph. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { RunStage } from "../../../serve/api.ts"
import { stagePage } from "../../address/pages.ts"
import { stageQuery } from "../../api/queries.ts"
import { ArtifactLink } from "../../elements/artifact-link.tsx"
import { ChangeLine, Stages } from "../../elements/change/change.tsx"
import { Fact, Facts } from "../../elements/facts.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Duration } from "../../elements/quantity.tsx"
import { Reason } from "../../elements/reason.tsx"
import { Status } from "../../elements/status.tsx"
import { plural } from "../../text/format.ts"
import { byImportance, type GraphNode, type Unfolding } from "./fold.ts"

interface Props {
  readonly run: string
  readonly node: GraphNode
  /** The stage of a node that is one. */
  readonly stage: RunStage | undefined
  readonly onUnfold: (unfoldings: ReadonlyArray<Unfolding>) => void
  readonly onFold: (unfolding: Unfolding) => void
  readonly onClose: () => void
}

export const SidePanel = ({ run, node, stage, onUnfold, onFold, onClose }: Props) => (
  <aside className="graph-side" aria-label="Chosen node">
    <header className="graph-side-head">
      <h2>
        <ForeignText text={node.label} />
      </h2>
      <button type="button" className="button quiet" aria-label="Close" onClick={onClose}>
        <Icon name="cross" />
      </button>
    </header>
    {node.stages.length === 1 && stage !== undefined ? (
      <OneStage run={run} stage={stage} node={node} />
    ) : (
      <Sweep run={run} node={node} onUnfold={onUnfold} />
    )}
    {Object.keys(node.unfolded).length === 0 ? null : (
      <div className="row-of">
        {Object.keys(node.unfolded).map((axis) => (
          <button key={axis} type="button" className="button" onClick={() => onFold({ family: node.family, axis })}>
            Fold by {axis}
          </button>
        ))}
      </div>
    )}
  </aside>
)

/** Changes that are shown; the stage's page has all. */
const mostChanges = 4

const OneStage = ({ run, stage, node }: { readonly run: string; readonly stage: RunStage; readonly node: GraphNode }) => {
  const { data } = useQuery(stageQuery(run, stage.id))
  const { id, inputs, outputs, key } = stage
  const makers = [...new Set((inputs ?? []).flatMap(({ from }) => ("id" in from ? [from.id] : [])))]
  return (
    <>
      <p>
        <Link className="button primary" href={stagePage(run, id)}>
          Open the stage
        </Link>
      </p>
      <Facts>
        <Fact name="Outcome">
          <Status state={node.state} />
        </Fact>
        <Fact name="Duration">
          <Duration seconds={node.seconds} />
        </Fact>
        <Fact name="Declared as">
          <code>{stage.stage}</code>
        </Fact>
      </Facts>
      {data?.failure == null ? null : (
        <section>
          <h3>Failed</h3>
          <p className="failure-message status-failed">
            <ForeignText text={data.failure.message} />
          </p>
        </section>
      )}
      <section>
        <h3>Why</h3>
        {data !== undefined && data.changes.length > 0 ? (
          data.changes.slice(0, mostChanges).map((change) => <ChangeLine key={change.component} run={run} change={change} />)
        ) : (
          <p>
            <Reason because={stage.because} outcome={stage.outcome} />
          </p>
        )}
      </section>
      {makers.length === 0 ? null : (
        <section>
          <h3>Made from</h3>
          <p>
            <Stages run={run} ids={makers} />
          </p>
        </section>
      )}
      {outputs.length === 0 || key === null ? null : (
        <section>
          <h3>Outputs</h3>
          <ul>
            {outputs.map((output) => (
              <li key={output.name}>
                <ArtifactLink run={run} resultKey={key} output={output} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

/** Stages that are listed; the others are found by unfolding. */
const mostStages = 40

const Sweep = ({ run, node, onUnfold }: Pick<Props, "run" | "node" | "onUnfold">) => {
  const { stages, axes, family } = node
  const sorted = [...stages].sort((a, b) => byImportance.indexOf(a.state) - byImportance.indexOf(b.state))
  const all = axes.map(({ name }) => ({ family, axis: name }))
  return (
    <>
      <div className="row-of">
        {axes.map(({ name, values }) => (
          <button key={name} type="button" className="button" onClick={() => onUnfold([{ family, axis: name }])}>
            Unfold by {name} ({values.length})
          </button>
        ))}
        {axes.length > 1 ? (
          <button type="button" className="button" onClick={() => onUnfold(all)}>
            Unfold all {stages.length}
          </button>
        ) : null}
      </div>
      <Facts>
        <Fact name="Declared as">
          <code>{node.stage}</code>
        </Fact>
        <Fact name="Duration of all">
          <Duration seconds={node.seconds} />
        </Fact>
        {axes.map(({ name, values }) => (
          <Fact key={name} name={name}>
            {values.join(", ")}
          </Fact>
        ))}
      </Facts>
      <section>
        <h3>{plural(stages.length, "stage")}</h3>
        <ul className="graph-side-stages">
          {sorted.slice(0, mostStages).map(({ id, state, seconds }) => (
            <li key={id}>
              <Link className="clip" href={stagePage(run, id)}>
                <ForeignText text={id} />
              </Link>
              <Status state={state} />
              <Duration seconds={seconds} />
            </li>
          ))}
        </ul>
        {stages.length > mostStages ? <p className="faint">and {stages.length - mostStages} more</p> : null}
      </section>
    </>
  )
}
