/** A link to one output of a stage, with its size. */

import { Link } from "wouter"
import type { StageOutput } from "../../serve/api.ts"
import { artifactPage } from "../address/pages.ts"
import { formatBytes, plural } from "../text/format.ts"
import { Icon } from "./icon.tsx"

export const ArtifactLink = ({
  run,
  resultKey,
  output,
}: {
  readonly run: string
  readonly resultKey: string
  readonly output: StageOutput
}) => (
  <span className="artifact-link">
    <Icon name={output.kind === "table" ? "table" : "files"} />
    <Link href={artifactPage(run, resultKey, output.name)}>{output.name}</Link>
    {output.artifact === output.name ? null : <span className="soft">{output.artifact}</span>}
    <span className="faint">
      {output.rows === null ? formatBytes(output.bytes) : `${plural(output.rows, "row")}, ${formatBytes(output.bytes)}`}
    </span>
  </span>
)
