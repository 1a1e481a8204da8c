/** The parts of a fingerprint, of which those that changed are marked. */

import type { StageDetails, Value } from "../../../serve/api.ts"
import { isDigest } from "../../elements/change/excerpt.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { JsonValue } from "../../elements/json-value.tsx"
import { Panel } from "../../elements/panel.tsx"
import { plural, shorten } from "../../text/format.ts"

export const Fingerprint = ({ stage: { fingerprint, comparedWith } }: { readonly stage: StageDetails }) => {
  const changed = fingerprint.filter((part) => part.changed).length
  const title = comparedWith === null ? "Fingerprint" : `Fingerprint: ${changed} of ${plural(fingerprint.length, "part")} changed`
  return (
    <Panel flush title={title}>
      <table className="fingerprint">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Value</th>
            <th scope="col">Before</th>
          </tr>
        </thead>
        <tbody>
          {fingerprint.map((part) => (
            <tr key={part.component} className={part.changed ? "fingerprint-changed" : ""}>
              <td>
                {part.changed ? <span className="tag fingerprint-mark">changed</span> : null}{" "}
                <code>
                  <ForeignText text={part.component} />
                </code>
              </td>
              <td>
                <PartValue value={part.value} />
              </td>
              <td className="soft">{part.changed ? <PartValue value={part.before} /> : comparedWith === null ? "" : "the same"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {fingerprint.length === 0 ? <p className="stage-none faint">Its fingerprint was not kept.</p> : null}
    </Panel>
  )
}

const PartValue = ({ value }: { readonly value: Value }) =>
  isDigest(value) ? (
    <code title={value}>{shorten(value)}</code>
  ) : value === null ? (
    <span className="faint">none</span>
  ) : (
    <JsonValue value={value} />
  )
