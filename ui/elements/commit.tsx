/** The commit that a run was started from, and whether files were changed since. */

import type { RunSummary } from "../../serve/api.ts"
import { shorten, unknown } from "../text/format.ts"

export const Commit = ({ commit }: { readonly commit: RunSummary["commit"] }) =>
  commit === null ? (
    <span className="faint">{unknown}</span>
  ) : (
    <span className="number">
      <code title={commit.id}>{shorten(commit.id, 8)}</code>
      {commit.changed ? (
        <span className="faint" title="with changes that were not committed">
          {" "}
          with changes
        </span>
      ) : null}
    </span>
  )
