/** Where a run stands that goes on: its progress, and the stages that are being computed. */

import { Link } from "wouter"
import type { LiveRun, LiveStage } from "../../serve/api.ts"
import { stagePage } from "../address/pages.ts"
import { formatCount, formatDuration, formatNumber, plural } from "../text/format.ts"
import { ForeignText } from "./foreign-text.tsx"
import { Progress } from "./progress.tsx"
import { Skeleton } from "./skeleton.tsx"

export const LiveProgress = ({ run, live }: { readonly run: string; readonly live: LiveRun | null }) => {
  if (live === null)
    return (
      <div className="live">
        <Skeleton lines={4} label="Asking where the run stands" />
      </div>
    )
  const { done, total, failed, seconds, left, running } = live
  return (
    <div className="live">
      <Progress label="Stages that are done" done={done} total={total} />
      <p className="live-line">
        <span>
          {formatCount(done)} of {plural(total, "stage")}
        </span>
        {failed > 0 ? <span className="status status-failed">{formatCount(failed)} failed</span> : null}
        <span className="soft">{formatDuration(seconds)}</span>
        <span className="soft">{left === null ? "time left not known" : `about ${formatDuration(left)} left`}</span>
      </p>
      <ul className="live-stages">
        {[...running]
          .sort((a, b) => b.seconds - a.seconds)
          .map((stage) => (
            <RunningStage key={stage.id} run={run} stage={stage} />
          ))}
      </ul>
    </div>
  )
}

const RunningStage = ({ run, stage }: { readonly run: string; readonly stage: LiveStage }) => {
  const { id, seconds, step, steps, left, values, log } = stage
  const last = log.at(-1)
  return (
    <li className="live-stage">
      <span className="live-name">
        <Link className="clip" href={stagePage(run, id)}>
          <ForeignText text={id} />
        </Link>
        <span className="faint">{stage.stage}</span>
      </span>
      <span className="live-line soft">
        <span>{formatDuration(seconds)}</span>
        {step === null ? null : (
          <span>
            step {formatCount(step)}
            {steps === null ? "" : ` of ${formatCount(steps)}`}
          </span>
        )}
        {left === null ? null : <span>about {formatDuration(left)} left</span>}
        {Object.entries(values)
          .slice(0, 4)
          .map(([name, value]) => (
            <span key={name}>
              <ForeignText text={name} /> {formatNumber(value)}
            </span>
          ))}
      </span>
      {step === null || steps === null ? null : <Progress label={`Steps of ${id}`} done={step} total={steps} />}
      <code className="live-last clip faint">{last === undefined ? "nothing printed yet" : <ForeignText text={last} />}</code>
    </li>
  )
}
