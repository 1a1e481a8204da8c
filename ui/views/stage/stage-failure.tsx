/** How a stage failed. */

import type { StageDetails } from "../../../serve/api.ts"
import { CopyButton } from "../../elements/copy-button.tsx"
import { Fact, Facts } from "../../elements/facts.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Panel } from "../../elements/panel.tsx"

export const StageFailure = ({ failure }: { readonly failure: NonNullable<StageDetails["failure"]> }) => (
  <Panel
    title={
      <span className="status-failed">
        Failed: <code>{failure.tag}</code>
      </span>
    }
    actions={<CopyButton text={`${failure.tag}: ${failure.message}\n${failure.stack}`} label="Copy the failure" />}
  >
    <p className="failure-message">
      <ForeignText text={failure.message} />
    </p>
    {Object.keys(failure.details).length === 0 ? null : (
      <Facts>
        {Object.entries(failure.details).map(([name, value]) => (
          <Fact key={name} name={name}>
            <ForeignText text={String(value)} />
          </Fact>
        ))}
      </Facts>
    )}
    {failure.stack === "" ? null : (
      <details className="stage-stack">
        <summary>Stack</summary>
        <pre>
          <ForeignText text={failure.stack} />
        </pre>
      </details>
    )}
  </Panel>
)
