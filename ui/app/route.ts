/** Which view the address means, and of which run. */

import { useMemo } from "react"
import { usePathname, useSearch } from "wouter/use-browser-location"
import { latest, patterns } from "../address/pages.ts"
import { fillPath, matchPath } from "../address/pattern.ts"
import { type View, views } from "../views/index.ts"

export interface Route {
  /** Null of an address that nothing has. */
  readonly view: View | null
  readonly params: Readonly<Record<string, string>>
}

export const routeOf = (path: string): Route => {
  for (const view of views) {
    const params = matchPath(view.pattern, path)
    if (params !== null) return { view, params }
  }
  return { view: null, params: {} }
}

export const useCurrentRoute = (): Route => {
  const path = usePathname()
  return useMemo(() => routeOf(path), [path])
}

const storageKey = "assay.run"

/**
 * The run that is looked at: the one in the address, else the last one that was, in this tab. It
 * may be "latest", and stays so.
 */
export const useChosenRun = (): string => {
  const { view, params } = useCurrentRoute()
  const search = useSearch()
  const after = view?.pattern === patterns.compare ? new URLSearchParams(search).get("after") : null
  const chosen = params.run ?? after
  if (chosen !== null && chosen !== undefined) remember(chosen)
  return chosen ?? recall()
}

const remember = (run: string): void => {
  try {
    sessionStorage.setItem(storageKey, run)
  } catch {
    // A browser that stores nothing begins with the newest run.
  }
}

const recall = (): string => {
  try {
    return sessionStorage.getItem(storageKey) ?? latest
  } catch {
    return latest
  }
}

/** The page to go to when another run is chosen on this one. */
export const pageInRun = ({ view, params }: Route, run: string): string => fillPath(view?.inOtherRun ?? patterns.run, { ...params, run })
