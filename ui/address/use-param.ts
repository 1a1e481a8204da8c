/** Reads and writes one parameter of the query string, as state. */

import { useCallback, useMemo } from "react"
import { navigate, useSearch } from "wouter/use-browser-location"
import { type Codec, withParams } from "./query.ts"

/**
 * The codec must be the same at each call, a constant of the module. A change replaces the entry of
 * the history, unless `push` says that it is a step that one may want to go back from.
 */
export const useParam = <A>(
  name: string,
  codec: Codec<A>,
  { push = false }: { readonly push?: boolean } = {},
): readonly [A, (value: A) => void] => {
  const search = useSearch()
  const text = useMemo(() => new URLSearchParams(search).get(name), [search, name])
  const value = useMemo(() => codec.read(text), [codec, text])
  const set = useCallback((next: A) => setParams({ [name]: codec.write(next) }, { push }), [name, codec, push])
  return [value, set]
}

/** Sets several parameters at once; null removes one. */
export const setParams = (changes: Readonly<Record<string, string | null>>, { push = false }: { readonly push?: boolean } = {}): void => {
  const { pathname, search } = window.location
  const next = withParams(search, changes)
  if (next !== search) navigate(`${pathname}${next}`, { replace: !push })
}
