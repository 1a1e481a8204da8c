/** J, K and arrow keys move between prompts; the focus goes along. */

import { type RefObject, useCallback, useEffect, useRef } from "react"
import type { GenerationsPage } from "../../../serve/api.ts"

interface Options {
  readonly at: number
  readonly total: number
  readonly container: RefObject<HTMLElement | null>
  /** The page that is shown; null while another one is being loaded. */
  readonly loaded: GenerationsPage | null | undefined
  readonly onMove: (at: number) => void
}

export const usePromptKeys = ({ at, total, container, loaded, onMove }: Options): { readonly moveTo: (at: number) => void } => {
  const wantsFocus = useRef(false)
  const latest = useRef({ at, total, onMove })
  latest.current = { at, total, onMove }

  const moveTo = useCallback((to: number) => {
    const { total, onMove } = latest.current
    if (total === 0) return
    wantsFocus.current = true
    onMove(Math.min(total - 1, Math.max(0, to)))
  }, [])

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]") !== null)
        return
      const target = event.target instanceof Element ? event.target : null
      if (target?.closest("input, textarea, select, [contenteditable]")) return
      const isInside = target !== null && container.current?.contains(target) === true
      const step = { j: 1, k: -1 }[event.key] ?? (isInside ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : undefined)
      if (step === undefined) return
      event.preventDefault()
      moveTo(latest.current.at + step)
    }
    window.addEventListener("keydown", onKeyDown)
    return () => window.removeEventListener("keydown", onKeyDown)
  }, [container, moveTo])

  // The prompt may be on a page that has to be loaded first.
  useEffect(() => {
    if (!wantsFocus.current || loaded === null || loaded === undefined) return
    const element = container.current?.querySelector<HTMLElement>(`[data-at="${at}"]`)
    if (element === null || element === undefined) return
    wantsFocus.current = false
    element.focus({ preventScroll: true })
    element.scrollIntoView({ block: "nearest" })
  }, [at, loaded, container])

  return { moveTo }
}
