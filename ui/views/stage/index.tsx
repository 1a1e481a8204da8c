/** A stage: why it was computed, from what, with which result, and how to compute it again. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { StageDetails } from "../../../serve/api.ts"
import { curvesPage, generationsPage, graphPage, lineagePage } from "../../address/pages.ts"
import { useLiveRun } from "../../api/live-run.ts"
import { stageQuery } from "../../api/queries.ts"
import { standStages } from "../../api/standing-stages.ts"
import { useRunSummary } from "../../app/use-runs.ts"
import { Stages } from "../../elements/change/change.tsx"
import { CopyButton } from "../../elements/copy-button.tsx"
import { Digest } from "../../elements/digest.tsx"
import { Fact, Facts } from "../../elements/facts.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { JsonValue } from "../../elements/json-value.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Duration, Moment } from "../../elements/quantity.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { Status } from "../../elements/status.tsx"
import { formatCount, unknown } from "../../text/format.ts"
import { Fingerprint } from "./fingerprint.tsx"
import { Inputs, Outputs } from "./ports.tsx"
import { StageFailure } from "./stage-failure.tsx"
import { StageLog } from "./stage-log.tsx"
import { Why } from "./why.tsx"

const StageView = ({ run, id }: { readonly run: string; readonly id: string }) => {
  const query = useQuery(stageQuery(run, id))
  const alive = useRunSummary(run)?.alive ?? false
  const live = useLiveRun(run, alive)
  const [standing] = standStages(query.data === undefined ? [] : [query.data], live)
  return (
    <Page
      title={id}
      heading={
        <span className="row-of">
          <ForeignText text={id} /> {standing === undefined ? null : <Status state={standing.state} />}
        </span>
      }
      actions={query.data === undefined ? null : <Actions run={run} stage={query.data} />}
    >
      <Loaded query={query} skeleton={<Skeleton lines={12} />}>
        {(stage) => <Details run={run} stage={stage} alive={alive} seconds={standing?.seconds ?? stage.seconds} />}
      </Loaded>
    </Page>
  )
}

export default StageView

/** Artifacts that the view of generations reads. */
const withTexts = new Set(["responses", "evaluation", "preferences", "judgements"])

const Actions = ({ run, stage }: { readonly run: string; readonly stage: StageDetails }) => {
  const { id, key, outputs, checkpoints } = stage
  const [first] = outputs
  return (
    <>
      <Link className="button" href={graphPage(run, { stage: id })}>
        In the graph
      </Link>
      {outputs.some(({ artifact }) => withTexts.has(artifact)) ? (
        <Link className="button" href={generationsPage(run, { stage: id })}>
          Generations
        </Link>
      ) : null}
      {checkpoints.length > 0 || outputs.some(({ artifact }) => artifact === "metrics") ? (
        <Link className="button" href={curvesPage(run, { stage: id })}>
          Curves
        </Link>
      ) : null}
      {key === null || first === undefined ? null : (
        <Link className="button" href={lineagePage(run, { key, output: first.name })}>
          Lineage
        </Link>
      )}
    </>
  )
}

interface DetailsProps {
  readonly run: string
  readonly stage: StageDetails
  readonly alive: boolean
  readonly seconds: number | null
}

const Details = ({ run, stage, alive, seconds }: DetailsProps) => (
  <div className="stage">
    {stage.failure === null ? null : <StageFailure failure={stage.failure} />}
    <Why run={run} stage={stage} />
    <Panel title="Facts">
      <StageFacts stage={stage} seconds={seconds} />
    </Panel>
    <div className="stage-pair">
      <Inputs run={run} stage={stage} />
      <Outputs run={run} stage={stage} />
    </div>
    <StageLog run={run} stage={stage} alive={alive} />
    <div className="stage-pair">
      <Panel title="Parameters">
        <JsonValue value={stage.parameters} open />
      </Panel>
      <Panel title="Compute it again" actions={<CopyButton text={stage.reproduce.join("\n")} label="Copy the commands" />}>
        <Commands commands={stage.reproduce} />
      </Panel>
    </div>
    {stage.checkpoints.length === 0 ? null : (
      <Panel title={`Checkpoints of ${formatCount(stage.checkpoints.length)} steps`}>
        <p className="stage-steps">{stage.checkpoints.map(formatCount).join(" · ")}</p>
      </Panel>
    )}
    <Fingerprint stage={stage} />
    {stage.users.length === 0 ? null : (
      <Panel title="Used by">
        <p>
          <Stages run={run} ids={stage.users} />
        </p>
      </Panel>
    )}
  </div>
)

const StageFacts = ({ stage, seconds }: { readonly stage: StageDetails; readonly seconds: number | null }) => {
  const { computed, key, at } = stage
  return (
    <Facts>
      <Fact name="Declared as">
        <code>{stage.stage}</code>
      </Fact>
      <Fact name={stage.outcome === "cached" ? "Duration when it was computed" : "Duration"}>
        <Duration seconds={seconds} />
      </Fact>
      <Fact name="Computed">{computed === null ? unknown : <Moment at={computed.created} />}</Fact>
      <Fact name="Sweep">
        {Object.keys(at).length === 0
          ? unknown
          : Object.entries(at)
              .map(([axis, value]) => `${axis}=${value}`)
              .join(", ")}
      </Fact>
      <Fact name="Host">{computed === null ? unknown : <ForeignText text={`${computed.host}, ${computed.cpu}`} />}</Fact>
      <Fact name="Node, threads">
        {computed === null ? unknown : `${computed.node}, ${computed.threads === null ? "threads not known" : computed.threads}`}
      </Fact>
      <Fact name="Key">{key === null ? unknown : <Digest digest={key} label="the key" />}</Fact>
    </Facts>
  )
}

const Commands = ({ commands }: { readonly commands: ReadonlyArray<string> }) =>
  commands.length === 0 ? (
    <p className="faint">Nothing is known of how it was started.</p>
  ) : (
    <ol className="stage-commands">
      {commands.map((command, index) => (
        <li key={index}>
          <code>
            <ForeignText text={command} />
          </code>
        </li>
      ))}
    </ol>
  )
