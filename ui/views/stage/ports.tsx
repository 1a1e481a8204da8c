/** What a stage was given, with the stages that made it, and what it made. */

import { Link } from "wouter"
import type { StageDetails } from "../../../serve/api.ts"
import { lineagePage, stagePage } from "../../address/pages.ts"
import { ArtifactLink } from "../../elements/artifact-link.tsx"
import { Digest } from "../../elements/digest.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Panel } from "../../elements/panel.tsx"
import { unknown } from "../../text/format.ts"

interface Props {
  readonly run: string
  readonly stage: StageDetails
}

export const Inputs = ({ run, stage }: Props) => (
  <Panel flush title="Inputs">
    <table>
      <thead>
        <tr>
          <th scope="col">Port</th>
          <th scope="col">Made by</th>
          <th scope="col">Artifact</th>
          <th scope="col">Digest</th>
        </tr>
      </thead>
      <tbody>
        {stage.makers.map(({ port, id, artifact, digest }, index) => (
          <tr key={index}>
            <td>
              <code>{port}</code>
            </td>
            <td className="stage-maker">
              {id === null ? (
                <FileOf stage={stage} port={port} />
              ) : (
                <Link href={stagePage(run, id)}>
                  <ForeignText text={id} />
                </Link>
              )}
            </td>
            <td className="soft">{artifact}</td>
            <td>
              <Digest digest={digest} label={`the digest of ${port}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {stage.makers.length === 0 ? <p className="stage-none faint">It was given nothing but its parameters.</p> : null}
  </Panel>
)

/** An input that no stage made is a file from outside. */
const FileOf = ({ stage, port }: { readonly stage: StageDetails; readonly port: string }) => {
  const file = stage.inputs?.flatMap((input) => (input.port === port && "file" in input.from ? [input.from.file] : []))[0]
  return <span className="soft">{file === undefined ? unknown : <ForeignText text={file} />}</span>
}

export const Outputs = ({ run, stage }: Props) => {
  const { key } = stage
  return (
    <Panel flush title="Outputs">
      <table>
        <thead>
          <tr>
            <th scope="col">Output</th>
            <th scope="col">Digest</th>
            <th scope="col">
              <span className="unseen">Lineage</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {stage.outputs.map((output) => (
            <tr key={output.name}>
              <td>{key === null ? output.name : <ArtifactLink run={run} resultKey={key} output={output} />}</td>
              <td>
                <Digest digest={output.digest} label={`the digest of ${output.name}`} />
              </td>
              <td>
                {key === null ? null : (
                  <Link href={lineagePage(run, { key, output: output.name })} aria-label={`Lineage of ${output.name}`}>
                    lineage
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {stage.outputs.length === 0 ? <p className="stage-none faint">It has no result.</p> : null}
    </Panel>
  )
}
