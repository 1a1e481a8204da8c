/** Preferences from and to the formats that others use. */

export { type FormatName, importPreferences } from "./import.ts"
export { exportTrl, type TrlPreference, toTrlPreferences } from "./trl-export.ts"
