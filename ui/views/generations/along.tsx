/** One prompt, and what an arm answered to it at each step that was evaluated. */

import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import type { GenerationsRequest } from "../../../serve/api.ts"
import { generationsQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { plural } from "../../text/format.ts"
import { type Column, Row } from "./prompts.tsx"
import { askResponseSet, type ShownResponseSet, thinSteps } from "./response-sets.ts"

interface Props {
  readonly run: string
  readonly responseSet: ShownResponseSet
  readonly prompt: string
  readonly at: number
  readonly total: number
}

/** Columns, which are as many as the server answers at once. */
const mostSteps = 32

export const Along = ({ run, responseSet, prompt, at, total }: Props) => {
  const { source } = responseSet
  const responseSets = useMemo(() => ({ steps: thinSteps(responseSet.responseSets.steps, mostSteps) }), [responseSet.responseSets.steps])
  const request: GenerationsRequest = {
    run,
    responseSets: responseSets.steps.map((step) => askResponseSet({ ...responseSet, step })),
    order: "prompt",
    prompt,
    offset: 0,
    limit: 1,
  }
  const query = useQuery({ ...generationsQuery(request), enabled: responseSets.steps.length > 0 })
  const { key, output, artifact } = source
  const columns = useMemo(
    () => responseSets.steps.map((step): Column => ({ label: `step ${step}`, table: { key, output }, artifact })),
    [responseSets.steps, key, output, artifact],
  )
  if (responseSets.steps.length === 0) return <Empty title="The table has no steps." />
  if (query.error !== null) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton lines={8} label="Loading answers" />
  const [found] = query.data.prompts
  if (found === undefined) return <Empty title="The prompt was not answered at every step." />
  const left = responseSet.responseSets.steps.length - responseSets.steps.length
  return (
    <>
      {left === 0 ? null : <p className="faint along-note">{plural(left, "step")} between these are left out.</p>}
      <ol className={query.isPlaceholderData ? "prompts along old" : "prompts along"}>
        <Row run={run} columns={columns} prompt={found.prompt} answers={found.answers} at={at} total={total} isCurrent />
      </ol>
    </>
  )
}
