/** What the page shows when it has nothing to show: no token, no runs, no such address. */

import { Link } from "wouter"
import { runsPage } from "../address/pages.ts"
import { Empty } from "../elements/empty.tsx"
import { Page } from "../elements/page.tsx"

export const Refused = () => (
  <main className="alone">
    <Page title="This browser has not shown its token">
      <p>
        Open the address that <code>assay ui</code> printed in its terminal. It carries a token, which this browser exchanges for a cookie.
        Every start of <code>assay ui</code> makes a new one, so an address of an earlier start does not work.
      </p>
      <p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Try again
        </button>
      </p>
    </Page>
  </main>
)

export const EmptyStore = () => (
  <Page title="No runs yet">
    <Empty title="The store of this project has no runs.">
      <p>Run a pipeline, and it appears here while it goes on:</p>
      <pre>
        <code>assay run pipelines/quickstart.ts</code>
      </pre>
      <p>
        In a folder without pipelines, <code>assay init</code> writes one.
      </p>
    </Empty>
  </Page>
)

export const NotFound = () => (
  <Page title="This address leads nowhere">
    <p>
      The page has no view of that name. <Link href={runsPage()}>See the runs</Link>.
    </p>
  </Page>
)
