/** The verbs of engines, imported when one is called. */

export { engineInstall } from "./install.ts"
export { engine } from "./ls.ts"
export { engineRemove } from "./remove.ts"
