/** What policies answered, side by side. */

import { useQuery } from "@tanstack/react-query"
import { generationSourcesQuery, runQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Generations } from "./generations.tsx"

const GenerationsView = ({ run }: { readonly run: string }) => {
  const sources = useQuery(generationSourcesQuery(run))
  const details = useQuery(runQuery(run))
  return (
    <Page title="Generations" fill>
      <Loaded query={sources}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="The run has no texts.">
              <p>They are in responses, evaluations, pairs and judgements. None of its finished stages made any.</p>
            </Empty>
          ) : (
            <Loaded query={details}>{({ stages }) => <Generations run={run} sources={found} stages={stages} />}</Loaded>
          )
        }
      </Loaded>
    </Page>
  )
}

export default GenerationsView
