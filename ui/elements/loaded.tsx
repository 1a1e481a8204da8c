/** What a query answered, or its failure, or a skeleton until it does either. */

import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { Failure } from "./failure.tsx"
import { Skeleton } from "./skeleton.tsx"

export const Loaded = <A,>({
  query,
  children,
  skeleton = <Skeleton />,
}: {
  readonly query: UseQueryResult<A>
  readonly children: (data: A) => ReactNode
  readonly skeleton?: ReactNode
}) => {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return <>{skeleton}</>
}
