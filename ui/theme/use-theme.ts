/** The theme as state: changes when it is chosen, or when the system's changes. */

import { useEffect, useState } from "react"
import { applyTheme, readTheme, storeTheme, type Theme } from "./theme.ts"

export const useTheme = (): readonly [Theme, (theme: Theme) => void] => {
  const [theme, setTheme] = useState(readTheme)
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)")
    const apply = () => applyTheme(theme)
    apply()
    system.addEventListener("change", apply)
    return () => system.removeEventListener("change", apply)
  }, [theme])
  const choose = (chosen: Theme) => {
    storeTheme(chosen)
    setTheme(chosen)
  }
  return [theme, choose]
}

/** Whether the page is dark now, for what style sheets do not reach, such as a canvas. */
export const useIsDark = (): boolean => {
  const [isDark, setIsDark] = useState(() => document.documentElement.dataset.theme === "dark")
  useEffect(() => {
    const read = () => setIsDark(document.documentElement.dataset.theme === "dark")
    const observer = new MutationObserver(read)
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] })
    return () => observer.disconnect()
  }, [])
  return isDark
}
