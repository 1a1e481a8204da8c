/** Which colours the page has: those of the system, light, or dark. */

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const storageKey = "assay.theme"

/** What was chosen last in this browser; "system" where nothing was, or nothing may be stored. */
export const readTheme = (): Theme => {
  try {
    const stored = localStorage.getItem(storageKey)
    return themes.find((theme) => theme === stored) ?? "system"
  } catch {
    return "system"
  }
}

export const storeTheme = (theme: Theme): void => {
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // A browser that stores nothing forgets the choice, and nothing else.
  }
}

/** Style sheets read the attribute `data-theme` of the root. */
export const applyTheme = (theme: Theme): void => {
  const isDark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.theme = isDark ? "dark" : "light"
}
