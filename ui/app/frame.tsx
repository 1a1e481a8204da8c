/** What is around every view: header, navigation, dialogs, and what is said of the connection. */

import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { Link } from "wouter"
import { navigate, usePathname } from "wouter/use-browser-location"
import { runsPage } from "../address/pages.ts"
import { fillPath } from "../address/pattern.ts"
import type { Connection } from "../api/connection.ts"
import { projectQuery } from "../api/queries.ts"
import { Icon, type IconName } from "../elements/icon.tsx"
import { type Theme, themes } from "../theme/theme.ts"
import { useTheme } from "../theme/use-theme.ts"
import { navigation } from "../views/index.ts"
import { Help } from "./help.tsx"
import { Palette } from "./palette.tsx"
import { useChosenRun, useCurrentRoute } from "./route.ts"
import { RunButton, RunChooser } from "./run-choice.tsx"
import { useShortcuts } from "./shortcuts.ts"

type OpenDialog = "palette" | "help" | "runs" | null

export const Frame = ({ connection, children }: { readonly connection: Connection; readonly children: ReactNode }) => {
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const run = useChosenRun()
  const path = usePathname()
  const main = useFocusOnNavigation(path)
  const close = () => setDialog(null)
  useShortcuts({
    onPalette: () => setDialog("palette"),
    onHelp: () => setDialog("help"),
    onChooseRun: () => setDialog("runs"),
    onGo: (letter) => {
      const entry = navigation.find((item) => item.letter === letter)
      if (entry !== undefined) navigate(fillPath(entry.pattern, { run }))
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: it closes when the address changes
  useEffect(() => setMenuOpen(false), [path])
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="head">
        <button
          type="button"
          className="button quiet menu-button"
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          aria-label="Navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
        </button>
        <Link className="brand" href={runsPage()} aria-label="assay: runs">
          assay
        </Link>
        <Project />
        <RunButton onClick={() => setDialog("runs")} />
        <span className="head-space" />
        <button
          type="button"
          className="button find"
          aria-haspopup="dialog"
          aria-keyshortcuts="Control+K"
          onClick={() => setDialog("palette")}
        >
          <Icon name="search" /> <span className="find-word">Go to</span> <kbd>Ctrl K</kbd>
        </button>
        <ThemeButton />
        <button
          type="button"
          className="button quiet help-button"
          aria-label="Keyboard help"
          title="Keyboard help"
          onClick={() => setDialog("help")}
        >
          <Icon name="help" />
        </button>
      </header>
      <Navigation run={run} isOpen={isMenuOpen} />
      <main id="main" ref={main} className="main" tabIndex={-1}>
        <Notice connection={connection} />
        {children}
      </main>
      {dialog === "palette" ? <Palette onClose={close} /> : null}
      {dialog === "help" ? <Help onClose={close} /> : null}
      {dialog === "runs" ? <RunChooser onClose={close} /> : null}
    </div>
  )
}

/** A reader of the screen is told of the new page by the focus, which else would be lost. */
const useFocusOnNavigation = (path: string) => {
  const main = useRef<HTMLElement>(null)
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])
  return main
}

const Project = () => {
  const { data: project } = useQuery(projectQuery())
  return (
    <span className="project clip" title={project?.folder}>
      {project === undefined ? "" : project.folder.split(/[\\/]/).filter(Boolean).at(-1)}
    </span>
  )
}

const Navigation = ({ run, isOpen }: { readonly run: string; readonly isOpen: boolean }) => {
  const { view } = useCurrentRoute()
  return (
    <nav id="navigation" className={isOpen ? "nav open" : "nav"} aria-label="Views">
      <ul>
        {navigation.map(({ name, pattern }) => (
          <li key={name}>
            <Link
              href={fillPath(pattern, { run })}
              className="nav-link"
              aria-current={view !== null && sectionOf(view.name) === name ? "page" : undefined}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Under which entry of the navigation a view belongs. */
const sectionOf = (view: string): string =>
  ({ Run: "Stages", Stage: "Stages", Artifact: "Artifacts", SQL: "Artifacts", Compare: "Runs" })[view] ?? view

const themeIcons: Readonly<Record<Theme, IconName>> = { system: "contrast", light: "sun", dark: "moon" }

const ThemeButton = () => {
  const [theme, setTheme] = useTheme()
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system"
  const label = `Colours: ${theme === "system" ? "of the system" : theme}. Change to ${next === "system" ? "those of the system" : next}`
  return (
    <button type="button" className="button quiet" aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon name={themeIcons[theme]} />
    </button>
  )
}

/** Always there, so that readers of the screen notice what is said in it. */
const Notice = ({ connection }: { readonly connection: Connection }) => (
  <div className="notice" role="status" aria-live="polite">
    {connection === "lost" ? (
      <p>
        <Icon name="ring" /> The server does not answer. Is <code>assay ui</code> still running? Trying again every two seconds.
      </p>
    ) : null}
  </div>
)
