/** Runs before the page is painted, so that it is never painted in the other colours first. */

import { applyTheme, readTheme } from "./theme.ts"

applyTheme(readTheme())
