/** The keys of the whole page. */

import { useEffect, useRef } from "react"

export interface Shortcut {
  readonly keys: ReadonlyArray<string>
  readonly does: string
}

/** Shown by the help; views add what is theirs. */
export const shortcuts: ReadonlyArray<{ readonly where: string; readonly keys: ReadonlyArray<Shortcut> }> = [
  {
    where: "Everywhere",
    keys: [
      { keys: ["Ctrl K", "/"], does: "Go to a stage, an artifact, a run or a view" },
      { keys: ["G", "R"], does: "Go to the runs; S stages, G graph, A artifacts, E generations, C curves, F frontier, L lineage" },
      { keys: ["R"], does: "Choose another run" },
      { keys: ["?"], does: "This help" },
    ],
  },
  {
    where: "Tables",
    keys: [
      { keys: ["Arrow keys"], does: "Move the cell" },
      { keys: ["Page Up", "Page Down"], does: "Move by a screen" },
      { keys: ["Home", "End"], does: "First, last column; with Ctrl first, last row" },
      { keys: ["Enter"], does: "Open the row" },
    ],
  },
  {
    where: "Generations",
    keys: [
      { keys: ["J", "K"], does: "Next, previous prompt" },
      { keys: ["Left", "Right"], does: "Move between coloured tokens" },
    ],
  },
  {
    where: "SQL",
    keys: [
      { keys: ["Ctrl Enter"], does: "Run the statement" },
      { keys: ["Esc"], does: "Cancel it" },
    ],
  },
  {
    where: "Graph",
    keys: [
      { keys: ["Arrow keys"], does: "Move along the edges and between neighbours" },
      { keys: ["Enter"], does: "Show the node beside the graph" },
      { keys: ["U"], does: "Unfold a sweep" },
      { keys: ["Escape"], does: "Show no node" },
      { keys: ["+", "−", "0"], does: "Zoom in, out, to fit" },
    ],
  },
  {
    where: "Curves",
    keys: [
      { keys: ["Left", "Right"], does: "Read the values at the point before, after" },
      { keys: ["Page Up", "Page Down"], does: "Move by a tenth of the axis" },
      { keys: ["Home", "End"], does: "First, last point" },
      { keys: ["+", "−", "0"], does: "Zoom in, out, to all points" },
    ],
  },
]

export interface ShortcutActions {
  readonly onPalette: () => void
  readonly onHelp: () => void
  readonly onChooseRun: () => void
  /** A letter after G. */
  readonly onGo: (letter: string) => void
}

/** A letter belongs to the G before it for as long. */
const sequenceMs = 1_200

export const useShortcuts = (actions: ShortcutActions): void => {
  const latest = useRef(actions)
  latest.current = actions
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY
    const onKeyDown = (event: KeyboardEvent) => {
      const { onPalette, onHelp, onChooseRun, onGo } = latest.current
      const isPalette = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k"
      if (isPalette) {
        event.preventDefault()
        if (!isDialogOpen()) onPalette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target) || isDialogOpen()) return
      const isSecond = event.timeStamp - wentAt < sequenceMs
      wentAt = Number.NEGATIVE_INFINITY
      if (isSecond) onGo(event.key.toLowerCase())
      else if (event.key === "g") wentAt = event.timeStamp
      else if (event.key === "/") {
        event.preventDefault()
        onPalette()
      } else if (event.key === "?") onHelp()
      else if (event.key === "r") onChooseRun()
    }
    window.addEventListener("keydown", onKeyDown)
    return () => window.removeEventListener("keydown", onKeyDown)
  }, [])
}

const isDialogOpen = (): boolean => document.querySelector("dialog[open]") !== null

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
