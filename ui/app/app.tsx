/** The page: the frame, and in it the view that the address means. */

import { Suspense } from "react"
import { usePathname } from "wouter/use-browser-location"
import { latest } from "../address/pages.ts"
import { useLiveRuns } from "../api/live-runs.ts"
import { Failure } from "../elements/failure.tsx"
import { Skeleton } from "../elements/skeleton.tsx"
import { ErrorBoundary } from "./error-boundary.tsx"
import { Frame } from "./frame.tsx"
import { type Route, useCurrentRoute } from "./route.ts"
import { EmptyStore, NotFound, Refused } from "./states.tsx"
import { useReconnect } from "./use-reconnect.ts"
import { useRuns } from "./use-runs.ts"

export const App = () => {
  const connection = useReconnect()
  if (connection === "refused") return <Refused />
  return <Connected connection={connection} />
}

const Connected = ({ connection }: { readonly connection: "open" | "lost" }) => {
  useLiveRuns()
  const route = useCurrentRoute()
  const path = usePathname()
  return (
    <Frame connection={connection}>
      <ErrorBoundary key={path}>
        <Suspense fallback={<Waiting />}>
          <CurrentView route={route} />
        </Suspense>
      </ErrorBoundary>
    </Frame>
  )
}

const CurrentView = ({ route: { view, params } }: { readonly route: Route }) => {
  const { data: runs, error, refetch } = useRuns()
  if (view === null) return <NotFound />
  // A run that is named can be asked for while the list of all is on its way.
  const isNamed = params.run !== undefined && params.run !== latest
  if (runs === undefined && isNamed && error === null) return <view.Component {...params} />
  if (runs === undefined)
    return error === null ? (
      <Waiting />
    ) : (
      <div className="page">
        <Failure error={error} onRetry={() => void refetch()} />
      </div>
    )
  const [newest] = runs
  if (newest === undefined) return <EmptyStore />
  const resolved = params.run === latest ? { ...params, run: newest.run } : params
  return <view.Component {...resolved} />
}

const Waiting = () => (
  <div className="page">
    <Skeleton lines={6} />
  </div>
)
